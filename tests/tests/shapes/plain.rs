//! Plain functions wait for the cache wherever they are called, and hold nobody up.

use std::sync::{Arc, Barrier};
use std::thread;

use cache_core::cached;

use super::loads::Loads;

#[cached(skip(loads))]
fn plain(loads: &Loads, place: &str) -> String {
    format!("{place} {}", loads.run())
}

#[track_caller]
fn check(loads: &Loads, place: &str) {
    let first = plain(loads, place);
    assert_eq!(plain(loads, place), first);
    assert_ne!(plain(loads, &format!("not {place}")), first);
    loads.assert(2);
}

#[test]
fn without_a_runtime() {
    check(&Loads::default(), "nowhere");
}

#[test]
fn in_a_thread_without_a_runtime() {
    thread::spawn(|| check(&Loads::default(), "thread")).join().unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn on_a_runtime_of_one_thread() {
    check(&Loads::default(), "one thread");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_runtime_of_several_threads() {
    tokio::spawn(async { check(&Loads::default(), "several threads") }).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn in_spawn_blocking() {
    tokio::task::spawn_blocking(|| check(&Loads::default(), "blocking")).await.unwrap();
}

#[test]
fn under_another_executor() {
    pollster::block_on(async { check(&Loads::default(), "pollster") });
}

#[cached(skip(loads))]
async fn around(loads: &Loads, id: u8) -> String {
    format!("{} {}", plain(loads, &format!("inside {id}")), loads.run())
}

#[tokio::test(flavor = "current_thread")]
async fn inside_an_async_function_that_is_cached() {
    let loads = Loads::default();
    assert_eq!(
        (around(&loads, 1).await, around(&loads, 1).await),
        ("inside 1 1 2".into(), "inside 1 1 2".into())
    );
    assert_eq!(
        (plain(&loads, "inside 1"), around(&loads, 2).await),
        ("inside 1 1".into(), "inside 2 3 4".into())
    );
}

#[cached(skip(loads))]
fn around_async(loads: &Loads, id: u8) -> String {
    format!("{} {}", pollster::block_on(around(loads, id)), loads.run())
}

#[test]
fn around_an_async_function_that_is_cached() {
    let loads = Loads::default();
    assert_eq!(
        (around_async(&loads, 11), around_async(&loads, 11)),
        ("inside 11 1 2 3".into(), "inside 11 1 2 3".into())
    );
    assert_eq!(around_async(&loads, 12), "inside 12 4 5 6");
}

#[test]
fn threads_share_one_load() {
    const THREADS: usize = 8;
    let (loads, start) = (Arc::new(Loads::default()), Arc::new(Barrier::new(THREADS)));
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (loads, start) = (Arc::clone(&loads), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                plain(&loads, "threads")
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "threads 1");
    }
    loads.assert(1);
}
