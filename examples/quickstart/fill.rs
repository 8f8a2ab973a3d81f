//! Makes the database: the tables, and rows from the files in `data`.

use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use crate::dice::Dice;

const RESTAURANTS: &str = include_str!("data/restaurants.csv");
const DISHES: &str = include_str!("data/dishes.csv");
const BRANCHES: [&str; 8] =
    ["Harbour", "Old Town", "Station", "Riverside", "Market", "University", "Castle", "Airport"];
const OPENINGS: [&str; 4] = ["Friendly service,", "Busy evening,", "Quick lunch,", "A birthday dinner,"];
const MIDDLES: [&str; 4] = ["large portions", "a little salty", "fresh and light", "worth the wait"];
const ENDINGS: [&str; 3] = ["and we will come again.", "but it was loud.", "and fairly priced."];
const REVIEWS_PER_ITEM: usize = 12;

const SCHEMA: &str = "
    CREATE TABLE item (
        id INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        restaurant TEXT NOT NULL,
        dish TEXT NOT NULL,
        category TEXT NOT NULL,
        price_cents INTEGER NOT NULL,
        revision INTEGER NOT NULL DEFAULT 1
    );
    CREATE TABLE review (
        item_id INTEGER NOT NULL REFERENCES item (id),
        stars INTEGER NOT NULL,
        text TEXT NOT NULL
    );";

/// Makes the database in a file that doesn't exist yet, or is empty.
pub(crate) fn create(file: &Path) -> rusqlite::Result<()> {
    let mut connection = Connection::open(file)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    let mut dice = Dice::new(7);
    for [tenant, restaurant, cuisine] in rows(RESTAURANTS) {
        for branch in BRANCHES {
            let restaurant = format!("{restaurant}, {branch}");
            for dish in rows(DISHES).filter(|[_, of, _, _, _]| *of == cuisine) {
                insert(&transaction, &mut dice, tenant, &restaurant, dish)?;
            }
        }
    }
    transaction.commit()
}

fn insert(
    transaction: &Transaction<'_>,
    dice: &mut Dice,
    tenant: &str,
    restaurant: &str,
    [dish, _, category, low, high]: [&str; 5],
) -> rusqlite::Result<()> {
    let item =
        "INSERT INTO item (tenant, restaurant, dish, category, price_cents) VALUES (?1, ?2, ?3, ?4, ?5)";
    let price = price(dice, low, high);
    transaction.prepare_cached(item)?.execute(params![tenant, restaurant, dish, category, price])?;
    let id = transaction.last_insert_rowid();
    let mut review =
        transaction.prepare_cached("INSERT INTO review (item_id, stars, text) VALUES (?1, ?2, ?3)")?;
    for _ in 0..REVIEWS_PER_ITEM {
        let text = [dice.pick(&OPENINGS), dice.pick(&MIDDLES), dice.pick(&ENDINGS)].join(" ");
        review.execute(params![id, dice.roll(5) + 1, text])?;
    }
    Ok(())
}

/// A price in the range, in steps of 50 cents.
fn price(dice: &mut Dice, low: &str, high: &str) -> usize {
    let [low, high] = [low, high].map(|cents| cents.parse::<usize>().expect("the file holds whole cents"));
    low + 50 * dice.roll((high - low) / 50 + 1)
}

/// The rows of a file without its head.
fn rows<const N: usize>(file: &str) -> impl Iterator<Item = [&str; N]> {
    file.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        cells.try_into().expect("every line has as many cells as the head")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_restaurant_has_dishes_and_every_price_is_in_its_range() {
        for [_, restaurant, cuisine] in rows(RESTAURANTS) {
            assert!(rows(DISHES).any(|[_, of, _, _, _]| of == cuisine), "{restaurant} has no dishes");
        }
        let mut dice = Dice::new(1);
        for [dish, _, _, low, high] in rows(DISHES) {
            let range = low.parse::<usize>().unwrap()..=high.parse().unwrap();
            assert!(range.contains(&price(&mut dice, low, high)), "{dish}");
        }
    }
}
