//! The writer: new versions, one after the other, each invalidated and then announced as acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};

use crate::database::{Database, connection};
use crate::dice::Dice;
use crate::{ITEMS, Orders, cached, naive};

pub(crate) async fn run(orders: &Orders) {
    let dice = Dice::new(orders.seed);
    let database = Database::connect(orders.database_port, dice.clone()).await;
    let over = until_input_ends();
    if orders.naive {
        let connection = connection(orders.cache_port).await;
        while !over.load(Ordering::Relaxed) {
            let item = dice.draw(ITEMS);
            let version = database.write(item).await;
            naive::invalidate(&connection, item).await;
            database.acknowledge(item, version).await;
            pause(&dice).await;
        }
        return;
    }
    let cache = cached::connect(orders).await;
    while !over.load(Ordering::Relaxed) {
        let item = dice.draw(ITEMS);
        let version = database.write(item).await;
        for target in cached::targets(item, dice.draw(3)) {
            // Pending means that it is repeated until it is acknowledged, and said again here.
            while cache.invalidate(target.clone()).await.is_err() {}
        }
        database.acknowledge(item, version).await;
        pause(&dice).await;
    }
}

/// Writes come in bursts.
async fn pause(dice: &Dice) {
    if dice.draw(3) > 0 {
        SystemClock.sleep(Duration::from_millis(dice.draw(6))).await;
    }
}

fn until_input_ends() -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let told = over.clone();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        told.store(true, Ordering::Relaxed);
    });
    over
}
