//! The tour: what the cache does, one table each, with times and queries as they were measured.

use std::error::Error;
use std::time::Duration;

use cache_core::Cache;
use cache_core::context::{Context, ContextExt};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::error::DbError;
use crate::menu::{MenuItem, change_price, menu_item, menu_item_key, menu_items, menu_items_key};
use crate::place::Place;
use crate::stopwatch::{shown, timed};
use crate::table::Align::{Left, Right};
use crate::table::Table;

pub(crate) const TENANTS: [&str; 3] = ["nordlys", "mercado", "sakura"];
const TENANT: &str = TENANTS[0];
const CALLERS: usize = 100;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Shows every table, and fails if one of them shows what it should not.
pub(crate) async fn run(database: &Database, place: &Place) -> Outcome<()> {
    let tour = Tour { database, alone: !place.is_shared() };
    println!("{}", tour.second_call().await?);
    println!("{}", tour.write().await?);
    println!("{}", tour.tenants().await?);
    println!("{}", tour.crowd().await?);
    println!("{}", keys()?);
    tour.leave().await?;
    if tour.alone {
        println!("Over Redis, with other processes beside it, after `redis-server` was started:");
        println!("  CACHE_REDIS_URL=redis://127.0.0.1:6379 cargo run --example quickstart");
    }
    println!("With `-- --loop` at the end it reads and writes until ctrl-c, and checks every answer.");
    Ok(())
}

struct Tour<'a> {
    database: &'a Database,
    /// No other process stores or invalidates, so that the number of queries is certain.
    alone: bool,
}

/// A call that was measured.
struct Call<T> {
    value: T,
    time: Duration,
    queries: u64,
}

impl<T> Call<T> {
    fn answered_by(&self) -> &'static str {
        if self.queries == 0 { "the cache" } else { "the database" }
    }

    fn short(&self) -> String {
        match self.queries {
            0 => "hit".to_owned(),
            1 => "1 query".to_owned(),
            several => format!("{several} queries"),
        }
    }
}

impl Tour<'_> {
    async fn second_call(&self) -> Outcome<Table<5>> {
        let columns =
            [("call", Left), ("items", Right), ("time", Right), ("queries", Right), ("answered by", Left)];
        let mut table =
            Table::new(format!("The second call is a hit: menu_items(\"dessert\") of {TENANT}"), columns);
        for (name, expected) in [("first", 1), ("second", 0), ("third", 0)] {
            let call = self.measured(TENANT, menu_items(self.database, "dessert")).await?;
            self.expect_queries(name, call.queries, expected)?;
            // Over Redis the first call is a hit too, if an earlier run or another process stored the answer.
            let by =
                if call.queries < expected { "the cache, filled by another run" } else { call.answered_by() };
            let count = call.value.len().to_string();
            table.row([name.into(), count, shown(call.time), call.queries.to_string(), by.into()]);
        }
        Ok(table)
    }

    /// Leaves the answer to the first question in the cache, for the next process that asks it.
    async fn leave(&self) -> Outcome<()> {
        if !self.alone {
            self.measured(TENANT, menu_items(self.database, "dessert")).await?;
            Cache::current()?.close().await?;
        }
        Ok(())
    }

    async fn write(&self) -> Outcome<Table<5>> {
        let item = self.favourite(TENANT).await?;
        let price = next_price(item.price_cents);
        let columns =
            [("call", Left), ("price", Right), ("time", Right), ("queries", Right), ("answered by", Left)];
        let title = format!("A write invalidates what it changes: the price of \"{}\"", item.dish);
        let mut table = Table::new(title, columns);
        self.prices(&mut table, &item, item.price_cents).await?;

        let write = self.measured(TENANT, change_price(self.database, item.id, price)).await?;
        let name = format!("change_price({})", item.id);
        table.row([name, money(price), shown(write.time), "-".into(), "(a write)".into()]);

        self.prices(&mut table, &item, price).await?;
        self.prices(&mut table, &item, price).await?;
        Ok(table)
    }

    /// Reads the item's price through both functions.
    async fn prices(&self, table: &mut Table<5>, item: &MenuItem, expected: u32) -> Outcome<()> {
        let all = self.measured(TENANT, menu_items(self.database, "dessert")).await?;
        let found = all.value.iter().find(|other| other.id == item.id).ok_or("the item left the menu")?;
        self.price_row(table, "menu_items(\"dessert\")".into(), &all, found.price_cents, expected)?;
        let one = self.measured(TENANT, menu_item(self.database, item.id)).await?;
        self.price_row(table, format!("menu_item({})", item.id), &one, one.value.price_cents, expected)
    }

    fn price_row<T>(
        &self,
        table: &mut Table<5>,
        name: String,
        call: &Call<T>,
        price: u32,
        expected: u32,
    ) -> Outcome<()> {
        if self.alone && price != expected {
            return Err(format!("{name} says {}, and the price is {}", money(price), money(expected)).into());
        }
        table.row([
            name,
            money(price),
            shown(call.time),
            call.queries.to_string(),
            call.answered_by().into(),
        ]);
        Ok(())
    }

    async fn tenants(&self) -> Outcome<Table<6>> {
        let columns = [
            ("tenant", Left),
            ("items", Right),
            ("most wanted", Left),
            ("first call", Left),
            ("second call", Left),
            ("after a write of nordlys", Left),
        ];
        let title = "Tenants don't see each other: menu_items(\"main\") in each tenant's context";
        let mut table = Table::new(title, columns);
        let first = self.mains().await?;
        let second = self.mains().await?;
        let item = self.favourite(TENANT).await?;
        let write = change_price(self.database, item.id, next_price(item.price_cents));
        Context::new().tenant(TENANT).scope(write).await?;
        let third = self.mains().await?;
        for (index, tenant) in TENANTS.into_iter().enumerate() {
            let calls = [&first, &second, &third].map(|calls| &calls[index]);
            let expected = [1, 0, u64::from(tenant == TENANT)];
            for (call, expected) in calls.into_iter().zip(expected) {
                self.expect_queries(tenant, call.queries, expected)?;
            }
            let wanted = calls[0].value.first().map(|item| item.dish.clone()).unwrap_or_default();
            let [first, second, third] = calls.map(Call::short);
            table.row([tenant.into(), calls[0].value.len().to_string(), wanted, first, second, third]);
        }
        Ok(table)
    }

    async fn mains(&self) -> Outcome<Vec<Call<Vec<MenuItem>>>> {
        let mut calls = Vec::new();
        for tenant in TENANTS {
            calls.push(self.measured(tenant, menu_items(self.database, "main")).await?);
        }
        Ok(calls)
    }

    async fn crowd(&self) -> Outcome<Table<4>> {
        let columns = [("callers", Right), ("queries", Right), ("time for all", Right), ("answers", Left)];
        let title =
            format!("{CALLERS} callers at once, one query: menu_items(\"soup\") of {TENANT}, not cached yet");
        let mut table = Table::new(title, columns);
        let call = self.measured(TENANT, self.all_at_once()).await?;
        self.expect_queries("the crowd", call.queries, 1)?;
        let alike = call.value.windows(2).all(|pair| pair[0] == pair[1]);
        if self.alone && !alike {
            return Err("callers got different answers".into());
        }
        let answers = if alike { "all alike" } else { "changed in between" };
        table.row([CALLERS.to_string(), call.queries.to_string(), shown(call.time), answers.into()]);
        Ok(table)
    }

    async fn all_at_once(&self) -> Result<Vec<Vec<MenuItem>>, DbError> {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let database = self.database.clone();
            callers.spawn(async move { menu_items(&database, "soup").await }.in_current_context());
        }
        callers.join_all().await.into_iter().collect()
    }

    /// The dessert that a tenant's guests want again most of all.
    async fn favourite(&self, tenant: &str) -> Outcome<MenuItem> {
        let desserts = Context::new().tenant(tenant).scope(menu_items(self.database, "dessert")).await?;
        Ok(desserts.into_iter().next().ok_or("there are no desserts")?)
    }

    async fn measured<T>(
        &self,
        tenant: &str,
        call: impl Future<Output = Result<T, DbError>>,
    ) -> Outcome<Call<T>> {
        let before = self.database.queries();
        let (value, time) = timed(Context::new().tenant(tenant).scope(call)).await;
        Ok(Call { value: value?, time, queries: self.database.queries() - before })
    }

    fn expect_queries(&self, what: &str, found: u64, expected: u64) -> Outcome<()> {
        if self.alone && found != expected {
            return Err(format!("{what}: {found} queries where {expected} were to be expected").into());
        }
        Ok(())
    }
}

fn keys() -> Outcome<Table<2>> {
    let mut table = Table::new("Keys are readable", [("call", Left), ("key", Left)]);
    for tenant in TENANTS {
        let key = Context::new().tenant(tenant).sync_scope(|| menu_items_key("dessert"))?;
        table.row([format!("menu_items(\"dessert\") of {tenant}"), key.to_string()]);
    }
    let key = Context::new().tenant(TENANT).sync_scope(|| menu_item_key(42))?;
    table.row([format!("menu_item(42) of {TENANT}"), key.to_string()]);
    Ok(table)
}

/// Half a euro more, and back to the cheapest when it gets too dear.
pub(crate) fn next_price(cents: u32) -> u32 {
    if cents >= 2_000 { 400 } else { cents + 50 }
}

fn money(cents: u32) -> String {
    format!("€ {}.{:02}", cents / 100, cents % 100)
}
