//! One process of a fleet: on a line of input, 250 callers ask for one cold key at once.
//!
//! Arguments: the server's port. It writes `ready`, then `loading` if the load runs here, then `done` with how
//! many callers were given the right value.
#![expect(
    clippy::unwrap_used,
    reason = "a process that can't go on ends, and the test that started it fails"
)]

use std::io;
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, cached};
use cache_testkit::RedisClient;

const CALLERS: u32 = 250;
const VALUE: u64 = 4711;

#[cached(type = "slow", skip(source))]
async fn slow(source: &RedisClient, id: u64) -> u64 {
    // Counted before it is said: whoever hears of it may kill this process at once.
    source.command(&["INCR", "loads"]);
    println!("loading");
    SystemClock.sleep(Duration::from_millis(400)).await;
    VALUE + id
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).unwrap().parse().unwrap();
    let url = format!("redis://127.0.0.1:{port}");
    let cache = Cache::builder().namespace("fleet").environment("test").redis(url).build().unwrap();
    cache.ready().await.unwrap();
    println!("ready");
    io::stdin().read_line(&mut String::new()).unwrap();

    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            tokio::spawn(cache.scope(async move { slow(&RedisClient::new(port), 1).await == VALUE + 1 }))
        })
        .collect();
    let mut right = 0;
    for caller in callers {
        right += u32::from(caller.await.unwrap());
    }
    cache.close().await.unwrap();
    println!("done {right}");
}
