//! What a faulty store does to commands, and that its seed replays it.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cache_core::ErrorKind;
use cache_core::clock::Clock;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{AcquireReply, AcquireRequest, Names, Read, Store};
use cache_testkit::{Faults, FaultyStore, SeededRandom, VirtualClock};

fn names() -> Names {
    Names::for_tests("faults:test", "-:menu:-:menus", &["-:menu:-"])
}

/// A store with faults, the store behind it, and their clock.
fn stage(faults: Faults) -> (FaultyStore, Arc<dyn Store>, VirtualClock) {
    let clock = VirtualClock::new();
    let random = Arc::new(SeededRandom::new(1));
    let server: Arc<dyn Store> = Arc::new(MemoryStore::new(1 << 20, Arc::new(clock.clone()), random));
    (FaultyStore::new(server.clone(), Arc::new(clock.clone()), faults), server, clock)
}

/// Lets time pass, 1 ms at a time, until a command is answered. Tells how long it took.
async fn in_virtual_time<F: Future>(clock: &VirtualClock, command: F) -> (F::Output, Duration) {
    let began = clock.passed();
    let mut command = std::pin::pin!(command);
    loop {
        tokio::select! {
            biased;
            answer = &mut command => return (answer, clock.passed() - began),
            () = tokio::task::yield_now() => clock.advance(Duration::from_millis(1)),
        }
        assert!(clock.passed() - began < Duration::from_secs(60), "it hangs");
    }
}

async fn has_incarnation(server: &dyn Store) -> bool {
    server.read(&names(), Read::default()).await.unwrap().incarnation.is_some()
}

#[tokio::test]
async fn without_faults_it_is_the_store_behind_it() {
    let (store, server, _) = stage(Faults::none(1));
    store.ensure(&names(), [1; 16]).await.unwrap();
    assert!(has_incarnation(&*server).await);
    assert_eq!(store.trail(), [""; 0]);
    assert!(!store.capability().local, "others may share it");
}

#[tokio::test]
async fn a_lost_request_is_not_carried_out() {
    let (store, server, clock) = stage(Faults { lost_requests: 1.0, ..Faults::none(1) });
    let (answer, took) = in_virtual_time(&clock, store.ensure(&names(), [1; 16])).await;
    assert_eq!((answer.unwrap_err().kind(), took), (ErrorKind::Timeout, Duration::from_millis(250)));
    assert!(!has_incarnation(&*server).await);
}

#[tokio::test]
async fn a_request_whose_reply_is_lost_is_carried_out() {
    let (store, server, clock) = stage(Faults { lost_replies: 1.0, ..Faults::none(1) });
    let (answer, took) = in_virtual_time(&clock, store.ensure(&names(), [1; 16])).await;
    assert_eq!((answer.unwrap_err().kind(), took), (ErrorKind::Timeout, Duration::from_millis(250)));
    assert!(has_incarnation(&*server).await);
}

#[tokio::test]
async fn a_late_request_is_carried_out_when_its_caller_has_gone() {
    // The seed is one whose first request is late and whose second is not.
    let (store, server, clock) = stage(Faults { late_requests: 0.5, ..Faults::none(1) });
    let (answer, took) = in_virtual_time(&clock, store.ensure(&names(), [1; 16])).await;
    assert_eq!((answer.unwrap_err().kind(), took), (ErrorKind::Timeout, Duration::from_millis(250)));
    assert!(!has_incarnation(&*server).await, "{:?}", store.trail());
    clock.advance(Duration::from_millis(2_500));
    store.remove(&["anything"]).await.unwrap();
    assert!(has_incarnation(&*server).await, "{:?}", store.trail());
}

#[tokio::test]
async fn a_reset_fails_all_that_is_under_way() {
    let latency = Duration::from_secs(1);
    let (mut failed, mut carried_out) = (0, 0);
    for seed in 0..40 {
        let (store, server, clock) = stage(Faults { resets: 0.3, latency, ..Faults::none(seed) });
        let slow = store.clone();
        let ensure = tokio::spawn(async move { slow.ensure(&names(), [1; 16]).await });
        tokio::task::yield_now().await;
        let trail = store.trail();
        for _ in 0..20 {
            let (answer, _) = in_virtual_time(&clock, store.remove(&["anything"])).await;
            if answer.is_err() {
                break;
            }
        }
        tokio::task::yield_now().await;
        if ensure.is_finished() && trail.is_empty() && ensure.await.unwrap().is_err() {
            failed += 1;
            carried_out += u32::from(has_incarnation(&*server).await);
        }
    }
    assert!(failed > 2, "a command fails by the reset of another: {failed}");
    assert!(carried_out > 0 && carried_out < failed, "some were carried out: {carried_out} of {failed}");
}

#[tokio::test]
async fn latency_is_on_the_clock_and_up_to_what_was_set() {
    let latency = Duration::from_millis(100);
    let (store, _, clock) = stage(Faults { latency, ..Faults::none(1) });
    let mut longest = Duration::ZERO;
    for _ in 0..50 {
        let (answer, took) = in_virtual_time(&clock, store.ensure(&names(), [1; 16])).await;
        answer.unwrap();
        // Two parts, each rounded up to the clock's next millisecond.
        assert!(took <= latency + Duration::from_millis(2), "{took:?}");
        longest = longest.max(took);
    }
    assert!(longest > latency / 2, "{longest:?}");
}

#[tokio::test]
async fn what_has_been_seen_is_evicted() {
    let (store, server, _) = stage(Faults { evictions: 1.0, ..Faults::none(1) });
    let request = |token| AcquireRequest {
        token: [token; 16],
        lease: Duration::from_secs(60),
        stamp_ttl: Duration::from_secs(60),
        refused: None,
    };
    let mut lost = 0;
    for token in 0..50 {
        store.ensure(&names(), [token; 16]).await.unwrap();
        let granted = store.acquire(&names(), request(token)).await.unwrap();
        let seen = server.read(&names(), Read { lease: true, ..Read::default() }).await.unwrap();
        if matches!(granted, AcquireReply::Granted(_)) {
            store.remove(&["anything"]).await.unwrap();
            let then = server.read(&names(), Read { lease: true, ..Read::default() }).await.unwrap();
            lost += u32::from(seen.lease.is_some() && then.lease.is_none());
        }
    }
    assert!(lost > 0, "{:?}", store.trail());
    assert!(store.trail().iter().any(|line| line.contains("stamp of -:menu:- is evicted")));
}

#[tokio::test]
async fn a_partial_removal_removes_some_and_breaks_the_connection() {
    let (mut some, mut none) = (0, 0);
    for seed in 0..20 {
        let (store, server, _) = stage(Faults { partial_removals: 1.0, ..Faults::none(seed) });
        store.ensure(&names(), [1; 16]).await.unwrap();
        store.remove(&["only this"]).await.expect("one name has no parts");
        let all = [names().incarnation(), "another", "a third"].map(str::to_owned);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let refused = store.remove(&all).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        if has_incarnation(&*server).await {
            none += 1
        } else {
            some += 1
        }
        assert_eq!(store.trail().len(), 1, "{:?}", store.trail());
    }
    assert!(some > 0 && none > 0, "{some} and {none}");
}

#[tokio::test]
async fn what_is_written_may_expire_early() {
    let minute = Duration::from_secs(60);
    let mut gone_at = Vec::new();
    for seed in 0..20 {
        let (store, server, clock) = stage(Faults { early_expiries: 1.0, ..Faults::none(seed) });
        store.ensure(&names(), [1; 16]).await.unwrap();
        let request = AcquireRequest { token: [1; 16], lease: minute, stamp_ttl: minute, refused: None };
        store.acquire(&names(), request).await.unwrap();
        let lease = Read { lease: true, ..Read::default() };
        let mut seconds = 0;
        while server.read(&names(), lease).await.unwrap().lease.is_some() {
            clock.advance(Duration::from_secs(1));
            seconds += 1;
        }
        gone_at.push(seconds);
        assert!(store.trail().iter().any(|line| line.contains("expires early")), "{:?}", store.trail());
    }
    assert!(gone_at.iter().all(|seconds| *seconds <= 60), "{gone_at:?}");
    assert!(gone_at.iter().any(|seconds| *seconds < 20), "{gone_at:?}");
    assert!(gone_at.iter().any(|seconds| *seconds > 40), "{gone_at:?}");
}

#[tokio::test]
async fn an_outage_lasts_until_it_recovers() {
    let (store, server, _) = stage(Faults { latency: Duration::from_secs(1), ..Faults::none(1) });
    let under_way = store.clone();
    let under_way = tokio::spawn(async move { under_way.ensure(&names(), [1; 16]).await });
    tokio::task::yield_now().await;
    store.outage();
    assert_eq!(under_way.await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    let refused = store.ensure(&names(), [1; 16]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert!(!has_incarnation(&*server).await);

    let (store, server, _) = stage(Faults::none(1));
    store.outage();
    assert!(store.ensure(&names(), [1; 16]).await.is_err());
    store.recover();
    store.ensure(&names(), [1; 16]).await.unwrap();
    assert!(has_incarnation(&*server).await);
}

async fn replay(seed: u64) -> (Vec<String>, Vec<String>) {
    let (store, _, clock) = stage(Faults::all(seed));
    let mut answers = Vec::new();
    for token in 0..100 {
        let (ensured, _) = in_virtual_time(&clock, store.ensure(&names(), [token; 16])).await;
        let (read, took) =
            in_virtual_time(&clock, store.read(&names(), Read { lease: true, ..Read::default() })).await;
        answers.push(format!("{ensured:?} {read:?} {took:?} {:?}", clock.wall()));
    }
    (store.trail(), answers)
}

#[tokio::test]
async fn a_seed_replays_the_run() {
    let first = replay(7).await;
    assert!(first.0.len() > 2, "there are faults: {:?}", first.0);
    assert_eq!(replay(7).await, first);
    assert_ne!(replay(8).await.0, first.0);
}

/// Runs a test that fails, and returns what it said.
fn fails(seed: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unlucky"));
    let output = command.envs(seed.map(|seed| ("CACHE_TEST_SEED", seed))).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    let start = said.find("faults of seed").unwrap_or_else(|| panic!("no seed is said:\n{said}"));
    said[start..].to_owned()
}

#[test]
fn a_failed_test_says_its_seed_which_replays_it() {
    let said = fails(None);
    let (_, rest) = said.split_once("CACHE_TEST_SEED=").unwrap();
    let seed = rest.split(' ').next().unwrap();
    assert!(said.contains("Reset"), "{said}");
    assert_eq!(fails(Some(seed)), said);
}
