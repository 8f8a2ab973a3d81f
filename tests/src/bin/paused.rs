//! A process that keeps a value, and reads it once for each line of input.
//!
//! Arguments: the server's port, and that of the server that plays the database. It answers each line with the value
//! and with how many of its reads were served from the process.
#![expect(
    clippy::unwrap_used,
    reason = "a process that can't go on ends, and the test that started it fails"
)]

use std::io::{self, BufRead};
use std::time::Duration;

use cache_core::{Cache, cached};
use cache_testkit::RedisClient;

#[cached(type = "answer", skip(database))]
async fn answer(database: &RedisClient) -> u64 {
    database.command(&["GET", "answer"]).parse().unwrap()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let ports: Vec<u16> = std::env::args().skip(1).map(|port| port.parse().unwrap()).collect();
    let url = format!("redis://127.0.0.1:{}", ports[0]);
    let builder = Cache::builder().namespace("paused").environment("test").redis(url);
    let cache = builder.staleness_bound(Duration::from_millis(200)).build().unwrap();
    cache.ready().await.unwrap();
    let database = RedisClient::new(ports[1]);
    for line in io::stdin().lock().lines() {
        line.unwrap();
        let value = cache.scope(answer(&database)).await;
        println!("{value} {}", cache.stats().of("answer").near_hits);
    }
}
