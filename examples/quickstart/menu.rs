//! The menus: two cached functions, and a writer that invalidates.

use cache_core::context::Context;
use cache_core::{cached, invalidate};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::database::Database;
use crate::error::DbError;

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MenuItem {
    pub(crate) id: i64,
    pub(crate) restaurant: String,
    pub(crate) dish: String,
    pub(crate) price_cents: u32,
    /// Counts the changes of the price, so that one can tell which of two answers is older.
    pub(crate) revision: i64,
    /// What guests give it on average, from 1 to 5.
    pub(crate) stars: f64,
}

/// A tenant's dishes of one category, those first that most guests want again.
#[cached(type = "menu", ttl = 3600, tenant_aware, skip(db))]
pub(crate) async fn menu_items(db: &Database, category: &str) -> Result<Vec<MenuItem>, DbError> {
    const SQL: &str = "
        SELECT item.id, restaurant, dish, price_cents, revision, avg(stars)
        FROM review JOIN item ON item.id = review.item_id
        WHERE tenant = ?1 AND category = ?2
        GROUP BY item.id
        ORDER BY sum(text LIKE '%again%') DESC, avg(stars) DESC, item.id";
    let (tenant, category) = (tenant()?, category.to_owned());
    db.read(move |connection| {
        let mut statement = connection.prepare_cached(SQL)?;
        statement.query_map(params![tenant, category], menu_item_of)?.collect()
    })
    .await
}

/// One dish. It has a tag of its own, so that a writer can hit it alone.
#[cached(ttl = "10m", tenant_aware, skip(db), tags("item:{item_id}"))]
pub(crate) async fn menu_item(db: &Database, item_id: i64) -> Result<MenuItem, DbError> {
    const SQL: &str = "
        SELECT item.id, restaurant, dish, price_cents, revision, avg(stars)
        FROM review JOIN item ON item.id = review.item_id
        WHERE tenant = ?1 AND item.id = ?2
        GROUP BY item.id";
    let tenant = tenant()?;
    db.read(move |connection| connection.query_one(SQL, params![tenant, item_id], menu_item_of)).await
}

/// Changes a price and returns the number of the change. When it returns, no caller gets the old price any more.
#[invalidate(type = "menu", tenant_aware)]
#[invalidate(tags("item:{item_id}"))]
pub(crate) async fn change_price(db: &Database, item_id: i64, price_cents: u32) -> Result<i64, DbError> {
    const SQL: &str = "
        UPDATE item SET price_cents = ?3, revision = revision + 1
        WHERE tenant = ?1 AND id = ?2
        RETURNING revision";
    let tenant = tenant()?;
    db.write(move |connection| {
        connection.query_one(SQL, params![tenant, item_id, price_cents], |row| row.get(0))
    })
    .await
}

/// Who is asking; the same context that is part of the keys.
fn tenant() -> Result<String, DbError> {
    Context::current().tenant_id().map(str::to_owned).ok_or(DbError::NoTenant)
}

fn menu_item_of(row: &Row<'_>) -> rusqlite::Result<MenuItem> {
    Ok(MenuItem {
        id: row.get(0)?,
        restaurant: row.get(1)?,
        dish: row.get(2)?,
        price_cents: row.get(3)?,
        revision: row.get(4)?,
        stars: row.get(5)?,
    })
}
