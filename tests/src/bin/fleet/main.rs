//! One process of a fleet that reads and writes as fast as it can, and checks every value that it is given.
//!
//! Arguments: `read` or `write`, `cache` or `naive`, the port of the cache's server, the port of the server that
//! plays the database, a seed, and for a reader how many reads. A reader ends with a line `reads … loads … stale …`;
//! a writer goes on until its input ends.
#![expect(
    clippy::unwrap_used,
    reason = "a process that can't go on ends, and the test that started it fails"
)]

mod cached;
mod database;
mod dice;
mod floors;
mod naive;
mod read;
mod write;

use std::time::Duration;

/// How many items there are.
const ITEMS: u64 = 8;
/// How old a value may be that was kept in a process.
const BOUND: Duration = Duration::from_millis(200);

/// What the process was told.
#[derive(Clone, Debug)]
struct Orders {
    writes: bool,
    naive: bool,
    cache_port: u16,
    database_port: u16,
    seed: u64,
    reads: u64,
}

impl Orders {
    fn from_arguments() -> Self {
        let words: Vec<String> = std::env::args().skip(1).collect();
        Self {
            writes: words[0] == "write",
            naive: words[1] == "naive",
            cache_port: words[2].parse().unwrap(),
            database_port: words[3].parse().unwrap(),
            seed: words[4].parse().unwrap(),
            reads: words.get(5).map_or(0, |reads| reads.parse().unwrap()),
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let orders = Orders::from_arguments();
    if orders.writes { write::run(&orders).await } else { read::run(&orders).await }
}
