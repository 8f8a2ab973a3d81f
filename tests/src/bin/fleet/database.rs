//! The database: a server that nobody caches, with a version for each item.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use redis::aio::MultiplexedConnection;

use crate::ITEMS;
use crate::dice::Dice;

/// A connection to the database.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    connection: MultiplexedConnection,
    loads: Arc<AtomicU64>,
    dice: Dice,
}

impl Database {
    pub(crate) async fn connect(port: u16, dice: Dice) -> Self {
        Self { connection: connection(port).await, loads: Arc::default(), dice }
    }

    /// The version of an item. What it was a moment ago is returned now, so that it may well be outdated.
    pub(crate) async fn load(&self, item: u64) -> u64 {
        self.loads.fetch_add(1, Ordering::Relaxed);
        let mut get = redis::cmd("GET");
        let version: Option<u64> =
            get.arg(format!("version:{item}")).query_async(&mut self.connection.clone()).await.unwrap();
        if self.dice.draw(4) == 0 {
            SystemClock.sleep(Duration::from_millis(self.dice.draw(3))).await;
        }
        version.unwrap_or(0)
    }

    /// Writes a new version of an item.
    pub(crate) async fn write(&self, item: u64) -> u64 {
        let mut incr = redis::cmd("INCR");
        incr.arg(format!("version:{item}")).query_async(&mut self.connection.clone()).await.unwrap()
    }

    /// Publishes that the invalidation for a version was acknowledged.
    pub(crate) async fn acknowledge(&self, item: u64, version: u64) {
        let mut set = redis::cmd("SET");
        set.arg(format!("floor:{item}")).arg(version);
        let () = set.query_async(&mut self.connection.clone()).await.unwrap();
    }

    /// The versions below which nothing may be read any more.
    pub(crate) async fn floors(&self) -> Vec<u64> {
        let mut get = redis::cmd("MGET");
        (0..ITEMS).for_each(|item| {
            get.arg(format!("floor:{item}"));
        });
        let floors: Vec<Option<u64>> = get.query_async(&mut self.connection.clone()).await.unwrap();
        floors.into_iter().map(Option::unwrap_or_default).collect()
    }

    pub(crate) fn loads(&self) -> u64 {
        self.loads.load(Ordering::Relaxed)
    }
}

/// A connection to a server on this machine.
pub(crate) async fn connection(port: u16) -> MultiplexedConnection {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}
