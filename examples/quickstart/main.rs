//! A platform for restaurants, in small: three tenants, their menus in a database, and a cache in front.
//!
//! ```console
//! $ cargo run --example quickstart             # a tour: what the cache does, measured
//! $ cargo run --example quickstart -- --loop   # reads and writes until ctrl-c, and checks every answer
//! ```
//!
//! Nothing has to be running. `menu.rs` holds the cached functions and the writer.

mod database;
mod dice;
mod error;
mod fill;
mod live;
mod menu;
mod place;
mod stopwatch;
mod table;
mod tally;
mod tour;
mod truth;

use std::error::Error;

use crate::database::Database;
use crate::place::Place;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let place = Place::choose()?;
    let database = Database::open(&place)?;
    println!("{}\n{place}\n", database.describe()?);
    match arguments[..] {
        [] => tour::run(&database, &place).await?,
        ["--loop"] => live::run(&database).await?,
        _ => return Err("usage: cargo run --example quickstart [-- --loop]".into()),
    }
    Ok(())
}
