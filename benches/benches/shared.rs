//! What a hit in a server costs: a cached function against a GET by hand over one shared connection.
//!
//! `cargo bench -p benches --bench shared`. Both sides decode the same value of about 180 bytes and take turns of
//! a tenth of a second, so that whatever else the machine does befalls both. `time` compares calls per second,
//! `work` the processor time per call of this process and the server together, which says more on a busy machine.
#![allow(missing_docs, reason = "a bench has no documentation")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::context::Context;
use cache_core::{Cache, cached};
use cache_testkit::RedisServer;
use redis::aio::MultiplexedConnection;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
struct Menu {
    title: String,
    items: Vec<u64>,
}

fn menu() -> Menu {
    Menu { title: "x".repeat(100), items: (0..50).collect() }
}

#[cached(type = "menu", tiers(redis), tenant_aware)]
async fn menu_of(id: u64) -> Menu {
    let _ = id;
    menu()
}

const TURN: Duration = Duration::from_millis(100);

/// What was done in some turns: calls, and what they took.
#[derive(Default)]
struct Done {
    calls: u64,
    time: Duration,
    work: Duration,
}

impl Done {
    fn time(&self) -> f64 {
        self.time.as_secs_f64() / self.calls as f64
    }

    fn work(&self) -> f64 {
        self.work.as_secs_f64() / self.calls as f64
    }
}

/// The sides that are compared.
#[derive(Clone)]
enum Side {
    ByHand(MultiplexedConnection),
    Cached(Cache),
}

impl Side {
    /// Calls for the length of a turn, as one of many callers.
    async fn call(self, caller: u64, keys: u64) -> u64 {
        match self.clone() {
            Self::ByHand(_) => self.calls(caller, keys).await,
            Self::Cached(cache) => {
                cache.scope(Context::new().tenant("t1").scope(self.calls(caller, keys))).await
            }
        }
    }

    async fn calls(mut self, caller: u64, keys: u64) -> u64 {
        let until = SystemClock.now() + TURN;
        let mut done = 0;
        while SystemClock.now() < until {
            for _ in 0..10 {
                std::hint::black_box(self.once((caller * 7 + done) % keys).await);
                done += 1;
            }
        }
        done
    }

    async fn once(&mut self, id: u64) -> Menu {
        match self {
            Self::ByHand(connection) => {
                let mut get = redis::cmd("GET");
                get.arg(format!("by-hand:menu:{id}"));
                let bytes: Vec<u8> = get.query_async(connection).await.expect("it answers");
                decode(&bytes)
            }
            Self::Cached(_) => menu_of(id).await,
        }
    }
}

fn decode(bytes: &[u8]) -> Menu {
    let decoded = bincode::serde::decode_from_slice(bytes, bincode::config::standard());
    decoded.expect("it was encoded").0
}

struct Bench {
    server: RedisServer,
    pid: String,
}

impl Bench {
    async fn turn(&self, side: &Side, callers: u64, keys: u64, done: &mut Done) {
        let (began, work) = (SystemClock.now(), self.work());
        let calls: Vec<_> =
            (0..callers).map(|caller| tokio::spawn(side.clone().call(caller, keys))).collect();
        for calls in calls {
            done.calls += calls.await.expect("a caller does not panic");
        }
        done.time += SystemClock.now() - began;
        done.work += self.work() - work;
    }

    /// The processor time that this process and the server took so far; nothing where the system doesn't tell.
    fn work(&self) -> Duration {
        let of = |pid: &str| {
            let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
            let nanos = |path| fs::read_to_string(path).ok()?.split(' ').next()?.parse::<u64>().ok();
            tasks.filter_map(|task| nanos(task.path().join("schedstat"))).sum::<u64>()
        };
        Duration::from_nanos(of("self") + of(&self.pid))
    }

    async fn compare(&self, sides: &[Side; 2], callers: u64, keys: u64, turns: u32) {
        let mut done = [Done::default(), Done::default()];
        for _ in 0..turns {
            for (side, done) in sides.iter().zip(&mut done) {
                self.turn(side, callers, keys, done).await;
            }
        }
        let [by_hand, cached] = done;
        println!(
            "{callers:>5} callers {keys:>6} keys: by hand {:>7.0}/s, cached {:>7.0}/s, time {:.2}, work {:.2}",
            1.0 / by_hand.time(),
            1.0 / cached.time(),
            by_hand.time() / cached.time(),
            by_hand.work() / cached.work(),
        );
    }
}

/// Writes the values of both sides.
async fn fill(cache: &Cache, connection: &MultiplexedConnection, keys: u64) {
    let bytes =
        bincode::serde::encode_to_vec(menu(), bincode::config::standard()).expect("it can be encoded");
    let (bytes, mut connection) = (Arc::new(bytes), connection.clone());
    for id in 0..keys {
        let mut set = redis::cmd("SET");
        set.arg(format!("by-hand:menu:{id}")).arg(bytes.as_slice());
        let _: () = set.query_async(&mut connection).await.expect("it answers");
        cache.scope(Context::new().tenant("t1").scope(menu_of(id))).await;
    }
    cache.close().await.expect("the values are stored");
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    // Without `--bench`, as in a test run, it is only seen to work.
    let turns = if std::env::args().any(|argument| argument == "--bench") { 15 } else { 1 };
    let server = RedisServer::start();
    let cache =
        Cache::builder().namespace("bench").redis(server.url()).build().expect("the settings are in order");
    cache.ready().await.expect("the server is there");
    let client = redis::Client::open(server.url()).expect("it is a URL");
    let connection = client.get_multiplexed_async_connection().await.expect("the server is there");
    fill(&cache, &connection, 4096).await;
    let pid = server.command(&["INFO", "server"]);
    let pid = pid.lines().find_map(|line| line.strip_prefix("process_id:")).expect("it has one").to_owned();
    let bench = Bench { server, pid: pid.trim().to_owned() };
    let sides = [Side::ByHand(connection), Side::Cached(cache)];
    for (callers, keys) in [(1, 64), (8, 64), (64, 64), (64, 4096), (512, 64), (512, 4096)] {
        bench.compare(&sides, callers, keys, turns).await;
    }
    drop(bench.server);
}
