//! Cached functions that call each other.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, cached};
use cache_testkit::RedisServer;
use tokio::sync::Barrier;

use crate::support::{connected, in_time};

/// Two functions that call each other until they were called often enough.
#[derive(Debug)]
struct Maze {
    calls: AtomicU32,
    /// The first load of each function meets that of the other one, so that each runs when it calls it.
    meet: Barrier,
    first: [AtomicU32; 2],
}

const DEPTH: u32 = 6;

impl Maze {
    fn new() -> Arc<Self> {
        let first = [AtomicU32::new(0), AtomicU32::new(0)];
        Arc::new(Self { calls: AtomicU32::new(0), meet: Barrier::new(2), first })
    }

    async fn enter(&self, function: usize) -> bool {
        if self.first[function].fetch_add(1, Ordering::SeqCst) == 0 {
            self.meet.wait().await;
        }
        self.calls.fetch_add(1, Ordering::SeqCst) < DEPTH
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = u64> + Send + 'a>>;

fn boxed_left(maze: &Maze) -> Answer<'_> {
    Box::pin(left(maze, 1))
}

fn boxed_right(maze: &Maze) -> Answer<'_> {
    Box::pin(right(maze, 1))
}

#[cached(type = "left", skip(maze))]
async fn left(maze: &Maze, id: u64) -> u64 {
    if maze.enter(0).await { boxed_right(maze).await } else { id }
}

#[cached(type = "right", skip(maze))]
async fn right(maze: &Maze, id: u64) -> u64 {
    if maze.enter(1).await { boxed_left(maze).await } else { id }
}

async fn meet(caches: [Cache; 2]) {
    let maze = Maze::new();
    let began = SystemClock.now();
    let callers: Vec<_> = (0..20)
        .map(|caller| {
            let maze = maze.clone();
            let call = async move {
                if caller % 2 == 0 { boxed_left(&maze).await } else { boxed_right(&maze).await }
            };
            tokio::spawn(caches[caller % 2].scope(call))
        })
        .collect();
    for caller in callers {
        assert_eq!(in_time(caller).await.unwrap(), 1);
    }
    // Sooner than any lease ends that is renewed for as long as it may be: after ten times 250 ms.
    let took = SystemClock.now() - began;
    assert!(took < Duration::from_millis(2500), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_that_wait_for_each_other_in_one_process() {
    let server = RedisServer::start();
    let cache = connected(&server).await;
    meet([cache.clone(), cache]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_that_wait_for_each_other_in_two_processes() {
    let server = RedisServer::start();
    meet([connected(&server).await, connected(&server).await]).await;
}

#[cached(type = "factorial")]
async fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * Box::pin(factorial(n - 1)).await }
}

#[cached(type = "plain_factorial")]
fn plain_factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * plain_factorial(n - 1) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_calls_itself_with_other_arguments() {
    let server = RedisServer::start();
    let cache = connected(&server).await;
    let call = |n: u64| tokio::spawn(cache.scope(async move { factorial(n % 20).await }));
    let callers: Vec<_> = (0..40).map(call).collect();
    for (n, caller) in (0..).zip(callers) {
        assert_eq!(in_time(caller).await.unwrap(), (1..=n % 20).product::<u64>());
    }
    assert_eq!(cache.stats().of("factorial").loads, 20);
    let plain = cache.clone();
    let value = tokio::task::spawn_blocking(move || plain.sync_scope(|| plain_factorial(12)));
    assert_eq!(in_time(value).await.unwrap(), 479_001_600);
    assert_eq!(cache.stats().of("plain_factorial").loads, 13);
}
