//! `--loop`: readers and writers of every tenant, one line a second, until ctrl-c.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use cache_core::context::Context;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::dice::Dice;
use crate::error::DbError;
use crate::menu::{MenuItem, change_price, menu_item, menu_items};
use crate::stopwatch::{pause, shown, timed};
use crate::tally::{Counts, Tally};
use crate::tour::{TENANTS, next_price};
use crate::truth::Truth;

const READERS: u64 = 3;
const CATEGORIES: [&str; 5] = ["starter", "soup", "main", "dessert", "drink"];
/// Readers and writers of a tenant meet on these, the most wanted of a category.
const CONTESTED: usize = 5;
const BETWEEN_READS: Duration = Duration::from_millis(1);
const BETWEEN_WRITES: Duration = Duration::from_millis(400);

/// What the tasks share.
#[derive(Clone)]
struct Live {
    database: Database,
    tally: Arc<Tally>,
    truth: Arc<Truth>,
}

/// Runs until ctrl-c, and fails if a value was wrong.
pub(crate) async fn run(database: &Database) -> Result<(), Box<dyn Error>> {
    let live = Live { database: database.clone(), tally: Arc::default(), truth: Arc::default() };
    let mut tasks = JoinSet::new();
    for (number, tenant) in (0..).zip(TENANTS) {
        for reader in 0..READERS {
            let dice = Dice::new(number * READERS + reader);
            tasks.spawn(Context::new().tenant(tenant).scope(live.clone().read_on(dice)));
        }
        tasks.spawn(Context::new().tenant(tenant).scope(live.clone().write_on(Dice::new(number))));
    }
    println!("{}", line(["second", "reads", "hits", "loads", "writes", "failed", "wrong", "slowest call"]));
    let total = tokio::select! {
        total = live.report() => total,
        Some(ended) = tasks.join_next() => return Err(format!("a task ended: {ended:?}").into()),
    };
    match total.wrong {
        0 => Ok(()),
        wrong => Err(format!("{wrong} values were older than a write that had returned").into()),
    }
}

impl Live {
    async fn read_on(self, mut dice: Dice) {
        let mut known = Vec::new();
        loop {
            // One time in three a single dish is read, if there is one yet.
            if dice.roll(3) == 0 && !known.is_empty() {
                let id = dice.pick(&known);
                self.read(async { Ok(vec![menu_item(&self.database, id).await?]) }).await;
            } else if let Some(items) = self.read(menu_items(&self.database, dice.pick(&CATEGORIES))).await {
                known = items.iter().take(CONTESTED).map(|item| item.id).collect();
            }
            pause(BETWEEN_READS).await;
        }
    }

    async fn write_on(self, mut dice: Dice) {
        loop {
            pause(BETWEEN_WRITES).await;
            if let Some(items) = self.read(menu_items(&self.database, dice.pick(&CATEGORIES))).await {
                self.write(&items[dice.roll(CONTESTED)]).await;
            }
        }
    }

    /// Reads, and compares what comes with what was true when the read began.
    async fn read(
        &self,
        call: impl Future<Output = Result<Vec<MenuItem>, DbError>>,
    ) -> Option<Vec<MenuItem>> {
        let snapshot = self.truth.snapshot();
        let (result, time) = timed(call).await;
        self.tally.read(time);
        match result {
            Ok(items) => {
                self.tally.wrong(snapshot.wrong(&items));
                Some(items)
            }
            Err(_) => {
                self.tally.failed();
                None
            }
        }
    }

    async fn write(&self, item: &MenuItem) {
        let write = change_price(&self.database, item.id, next_price(item.price_cents));
        let (result, time) = timed(write).await;
        self.tally.write(time);
        match result {
            Ok(revision) => self.truth.wrote(item.id, revision),
            Err(_) => self.tally.failed(),
        }
    }

    /// Prints a line a second and, at the end, the total.
    async fn report(&self) -> Counts {
        let mut total = Counts::default();
        let first_load = self.database.queries();
        let mut loads = first_load;
        for second in 1_u64.. {
            let stop = tokio::select! {
                () = pause(Duration::from_secs(1)) => false,
                _ = tokio::signal::ctrl_c() => true,
            };
            let (counts, before) = (self.tally.take(), loads);
            loads = self.database.queries();
            total = total.and(counts);
            println!("{}", counted(&second.to_string(), counts, loads - before));
            if stop {
                break;
            }
        }
        println!("{}", counted("total", total, loads - first_load));
        total
    }
}

fn counted(name: &str, counts: Counts, loads: u64) -> String {
    let Counts { reads, writes, failed, wrong, slowest } = counts;
    // A load that is still running belongs to a read that isn't counted yet.
    let numbers =
        [reads, reads.saturating_sub(loads), loads, writes, failed, wrong].map(|number| number.to_string());
    let [reads, hits, loads, writes, failed, wrong] = numbers.each_ref().map(String::as_str);
    line([name, reads, hits, loads, writes, failed, wrong, &shown(slowest)])
}

fn line([name, reads, hits, loads, writes, failed, wrong, slowest]: [&str; 8]) -> String {
    format!("{name:>6} {reads:>9} {hits:>9} {loads:>7} {writes:>7} {failed:>7} {wrong:>7} {slowest:>13}")
}
