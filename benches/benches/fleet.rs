//! What a fleet gains from values kept in its processes, and what the invalidation of a large group costs, over a real
//! server: `cargo bench -p benches --bench fleet`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, Target, cached};
use cache_testkit::RedisServer;

/// Caches that share nothing but the server are as good as processes.
const PROCESSES: usize = 4;
const SECONDS: u64 = 5;

#[cached(type = "hot", ttl = 3600)]
async fn hot() -> u64 {
    42
}

/// Of the same type, so that it shares all stamps.
#[cached(type = "hot", ttl = 3600)]
async fn cold(item: u64) -> u64 {
    item
}

async fn cache(server: &RedisServer) -> Cache {
    let builder = Cache::builder().namespace("bench").environment("bench").redis(server.url());
    let cache = builder.build().expect("the settings are in order");
    cache.ready().await.expect("the server is there");
    cache
}

/// Does something a thousand times a second until it is told to stop.
async fn a_thousand_times_a_second<F: Future<Output = ()>>(over: &AtomicBool, mut each: impl FnMut() -> F) {
    let began = SystemClock.now();
    let mut done = 0;
    while !over.load(Ordering::Relaxed) {
        let due = (SystemClock.now() - began).as_millis();
        while done < due {
            each().await;
            done += 1;
        }
        SystemClock.sleep(Duration::from_millis(1)).await;
    }
}

/// One key is read a thousand times a second in each process, while a thousand others a second miss.
async fn hit_rate(server: &RedisServer) -> f64 {
    let over = Arc::new(AtomicBool::new(false));
    let mut caches = Vec::new();
    let mut tasks = Vec::new();
    let next = Arc::new(AtomicU64::new(0));
    for _ in 0..PROCESSES {
        let cache = cache(server).await;
        caches.push(cache.clone());
        let told = over.clone();
        let hot = async move {
            a_thousand_times_a_second(&told, || async {
                hot().await;
            })
            .await
        };
        tasks.push(tokio::spawn(cache.scope(hot)));
    }
    let (told, items) = (over.clone(), next.clone());
    tasks.push(tokio::spawn(caches[0].scope(async move {
        a_thousand_times_a_second(&told, || async {
            cold(items.fetch_add(1, Ordering::Relaxed)).await;
        })
        .await;
    })));
    SystemClock.sleep(Duration::from_secs(SECONDS)).await;
    over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("it does not panic");
    }
    let missed = next.load(Ordering::Relaxed);
    let (mut near, mut all) = (0, 0);
    for cache in &caches {
        let stats = cache.stats().of("hot");
        near += stats.near_hits;
        all += stats.hits + stats.misses + stats.joined;
    }
    let rate = near as f64 / (all - missed) as f64;
    println!(
        "{:>8.2} % of {} reads were served from the process, {missed} others missed",
        rate * 100.0,
        all - missed
    );
    rate
}

const ENTRIES: &str = "for i = 1, 1000000 do
    redis.call('SET', 'bench:bench:e1:-:large:-:f~0123456789a:id=' .. i, 'x')
end
return redis.call('DBSIZE')";

/// The server's time for one command of a kind, in microseconds.
fn server_time(server: &RedisServer, command: &str) -> String {
    let stats = server.command(&["INFO", "commandstats"]);
    let line = stats.lines().find(|line| line.starts_with(&format!("cmdstat_{command}:")));
    line.unwrap_or("none").trim().to_owned()
}

async fn large_group(server: &RedisServer) {
    println!("{} keys", server.command(&["EVAL", ENTRIES, "0"]));
    server.command(&["CONFIG", "RESETSTAT"]);
    // Connected only now: the server answered nobody meanwhile.
    let cache = cache(server).await;
    cache.scope(hot()).await;
    let began = SystemClock.now();
    cache.invalidate(Target::of("large")).await.expect("it is acknowledged");
    let took = SystemClock.now() - began;
    println!(
        "the invalidation of the type of a million of them took {took:?}; {}",
        server_time(server, "unlink")
    );
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
    runtime.expect("a runtime can be made").block_on(async {
        println!("with tracking:");
        let tracked = RedisServer::start();
        hit_rate(&tracked).await;
        println!("on a server without tracking:");
        let untracked = RedisServer::options().config("rename-command", "CLIENT HIDDEN").start();
        hit_rate(&untracked).await;
        large_group(&tracked).await;
    });
}
