//! A reader.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cache_core::Cache;
use redis::aio::MultiplexedConnection;

use crate::database::{Database, connection};
use crate::dice::Dice;
use crate::floors::Floors;
use crate::{ITEMS, Orders, cached, naive};

/// How many tasks read at the same time.
const TASKS: u64 = 16;
/// How many reads follow one look at the floors: each of them begins after it.
const READS_A_LOOK: u64 = 32;

/// What is read.
#[derive(Clone, Debug)]
enum Source {
    Cache(Cache),
    Naive(MultiplexedConnection),
}

/// What came of it.
#[derive(Debug, Default)]
struct Tally {
    reads: AtomicU64,
    stale: AtomicU64,
}

pub(crate) async fn run(orders: &Orders) {
    let dice = Dice::new(orders.seed);
    let database = Database::connect(orders.database_port, dice.clone()).await;
    let source = match orders.naive {
        true => Source::Naive(connection(orders.cache_port).await),
        false => Source::Cache(cached::connect(orders).await),
    };
    let tally = Arc::new(Tally::default());
    let reads = orders.reads / TASKS;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (source, database, dice, tally) =
                (source.clone(), database.clone(), dice.clone(), tally.clone());
            tokio::spawn(async move { task(&source, &database, &dice, &tally, reads).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!("reads {} loads {} stale {}", count(&tally.reads), database.loads(), count(&tally.stale));
}

async fn task(source: &Source, database: &Database, dice: &Dice, tally: &Tally, reads: u64) {
    let mut floors = Floors::default();
    for read in 0..reads {
        if read % READS_A_LOOK == 0 {
            floors.look(database).await;
        }
        let item = dice.draw(ITEMS);
        let (required, version) = match source {
            Source::Naive(connection) => (floors.strict(item), naive::read(connection, database, item).await),
            Source::Cache(cache) if read % 2 == 0 => {
                (floors.strict(item), cache.scope(cached::strict(database, item)).await)
            }
            Source::Cache(cache) => {
                (floors.bounded(item), cache.scope(cached::bounded(database, item)).await)
            }
        };
        tally.reads.fetch_add(1, Ordering::Relaxed);
        if version < required && tally.stale.fetch_add(1, Ordering::Relaxed) < 5 {
            eprintln!("item {item}: read v{version} after v{required} was acknowledged (read {read})");
        }
    }
}
