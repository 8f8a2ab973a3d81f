//! The backend that a test can look into.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::{Cache, ErrorKind, Target, cached};
use cache_testkit::{Expectation, MockBackend, Operation, VirtualClock};

#[cached(type = "menu", ttl = "1h", tenant = "t1", tags("item:{item}"), skip(loads))]
async fn dish(loads: &AtomicU32, item: u32) -> u32 {
    loads.fetch_add(1, Ordering::Relaxed) + 1
}

/// A backend, a cache over it, and their clock.
fn stage() -> (MockBackend, Cache, VirtualClock) {
    let clock = VirtualClock::new();
    let backend = MockBackend::new(Arc::new(clock.clone()));
    let cache = Cache::builder().namespace("mock").store(Arc::new(backend.clone()));
    (backend, cache.clock(Arc::new(clock.clone())).build().unwrap(), clock)
}

#[tokio::test]
async fn what_was_asked_reads_as_a_sequence() {
    let (backend, cache, _) = stage();
    let loads = AtomicU32::new(0);
    assert_eq!(cache.scope(dish(&loads, 7)).await, 1);
    cache.close().await.unwrap();
    backend.forget_calls();
    assert_eq!(cache.scope(dish(&loads, 7)).await, 1);
    cache.invalidate(Target::tag("item:7")).await.unwrap();
    assert_eq!(cache.scope(dish(&loads, 7)).await, 2);
    cache.close().await.unwrap();
    assert_eq!(
        backend.calls(),
        [
            "read t1:menu:-:dish:item=7: a valid entry",
            "remove stamp of #:item:7: done",
            "read t1:menu:-:dish:item=7: an entry that is not valid",
            "acquire t1:menu:-:dish:item=7: granted",
            "store t1:menu:-:dish:item=7: stored",
        ]
    );
    assert_eq!((backend.count(Operation::Read), backend.count(Operation::Put)), (2, 0));
}

#[tokio::test]
async fn its_entries_can_be_seen() {
    let (backend, cache, clock) = stage();
    let loads = AtomicU32::new(0);
    assert_eq!(backend.entries(), []);
    for item in [7, 8] {
        cache.scope(dish(&loads, item)).await;
    }
    cache.close().await.unwrap();
    cache.invalidate(Target::tag("item:8")).await.unwrap();
    let entries = backend.entries();
    let [first, second] = &entries[..] else { panic!("{entries:?}") };
    assert!(first.name.starts_with("mock:development:e1:t1:menu:-:dish~"), "{first:?}");
    assert!(first.name.ends_with(":item=7") && first.bytes > 0, "{first:?}");
    assert_eq!((first.valid, second.valid), (true, false));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(backend.entries(), [], "they have expired");
}

#[tokio::test]
async fn a_command_fails_as_it_is_expected_to() {
    let (backend, cache, _) = stage();
    let loads = AtomicU32::new(0);
    cache.scope(dish(&loads, 7)).await;
    cache.close().await.unwrap();
    backend.forget_calls();
    backend.expect(Expectation::of(Operation::Read).fails(ErrorKind::Timeout).times(2));
    backend.expect(Expectation::of(Operation::Read));
    for expected in [2, 3, 1] {
        assert_eq!(cache.scope(dish(&loads, 7)).await, expected);
    }
    backend.assert_asked();
    assert_eq!(
        backend.calls(),
        [
            "read t1:menu:-:dish:item=7: timeout",
            "read t1:menu:-:dish:item=7: timeout",
            "read t1:menu:-:dish:item=7: a valid entry",
        ]
    );
}

#[tokio::test]
async fn a_command_whose_reply_is_lost_was_carried_out() {
    let (backend, cache, _) = stage();
    let loads = AtomicU32::new(0);
    backend.expect(Expectation::of(Operation::Store).loses_its_reply());
    cache.scope(dish(&loads, 7)).await;
    cache.close().await.unwrap();
    backend.assert_asked();
    assert!(backend.entries()[0].valid);
    assert!(backend.calls().iter().any(|call| *call == "store t1:menu:-:dish:item=7: timeout"));
}

#[test]
#[should_panic(expected = "never asked")]
fn what_was_expected_and_never_asked_is_said() {
    let (backend, ..) = stage();
    backend.expect(Expectation::of(Operation::Put));
    backend.assert_asked();
}

#[tokio::test]
async fn an_outage_lasts_until_it_recovers() {
    let (backend, cache, _) = stage();
    let loads = AtomicU32::new(0);
    backend.outage();
    for expected in [1, 2] {
        assert_eq!(cache.scope(dish(&loads, 7)).await, expected);
    }
    assert!(backend.calls().iter().all(|call| call.to_string().ends_with(": unavailable")));
    backend.recover();
    assert_eq!(cache.scope(dish(&loads, 7)).await, 3);
    cache.close().await.unwrap();
    assert_eq!(cache.scope(dish(&loads, 7)).await, 3);
}
