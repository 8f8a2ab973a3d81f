//! Asking for a lease.

use cache_core::store::{AcquireReply, AcquireRequest, StoreReply};

use crate::conformance::subject::{LONG, SHORT, Subject, id};

/// Without an incarnation of the current history it answers [`AcquireReply::Disowned`].
pub async fn without_an_incarnation_a_lease_is_disowned(subject: Subject) {
    assert_eq!(subject.ask(subject.request()).await, AcquireReply::Disowned);
    let Some(behind) = subject.reached() else { return };
    behind.plant(subject.names.incarnation(), b"a nonce: 12Banother history");
    assert_eq!(subject.ask(subject.request()).await, AcquireReply::Disowned);
}

/// A missing stamp is written with a value that it never had before.
pub async fn a_missing_stamp_is_written_anew(subject: Subject) {
    let mut seen = vec![];
    for _ in 0..3 {
        subject.grant(LONG).await;
        let stamps = subject.read().await.stamps;
        assert!(stamps.iter().all(Option::is_some), "{stamps:?}");
        assert!(!seen.contains(&stamps[1]), "{stamps:?} after {seen:?}");
        assert!(seen.is_empty() || stamps[0] == seen[0], "the stamp that was there is left alone");
        seen.extend(stamps);
        let last = subject.names.stamps().last().expect("there are two");
        subject.remove(&[last]).await;
    }
    // What is no stamp is as good as missing.
    let Some(behind) = subject.reached() else { return };
    for garbage in [&b""[..], b"x", b"thirteen here"] {
        subject.names.stamps().for_each(|name| behind.plant(name, garbage));
        subject.grant(LONG).await;
        let stamps = subject.read().await.stamps;
        assert!(stamps.iter().all(Option::is_some), "{stamps:?} after {garbage:?}");
    }
}

/// While a valid entry is there it answers [`AcquireReply::Valid`].
pub async fn a_valid_entry_keeps_from_the_lease(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::Stored);
    assert_eq!(subject.ask(subject.request()).await, AcquireReply::Valid);
    let first = subject.names.stamps().next().expect("there are two");
    subject.remove(&[first]).await;
    assert!(matches!(subject.ask(subject.request()).await, AcquireReply::Granted(_)), "it is not valid now");
}

/// A valid entry that the caller refused by its id does not keep it from the lease.
pub async fn a_refused_entry_does_not_keep_from_the_lease(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::Stored);
    let another = AcquireRequest { refused: Some(id(8)), ..subject.request() };
    assert_eq!(subject.ask(another).await, AcquireReply::Valid);
    let refused = AcquireRequest { refused: Some(id(7)), ..subject.request() };
    assert!(matches!(subject.ask(refused).await, AcquireReply::Granted(_)));
}

/// The first to ask is granted the lease; others are told who has it and for how long.
pub async fn the_first_is_granted_the_lease(subject: Subject) {
    let first = subject.grant(LONG).await;
    for _ in 0..2 {
        match subject.ask(subject.request()).await {
            AcquireReply::Busy { lease, remaining } => {
                assert_eq!(lease, first.id);
                assert!(remaining <= LONG && remaining > LONG / 2, "{remaining:?}");
            }
            other => panic!("the lease was granted before, but: {other:?}"),
        }
    }
}

/// The same request sent twice is granted the same lease.
pub async fn the_same_request_is_granted_the_same_lease(subject: Subject) {
    subject.ensure().await;
    let request = subject.request();
    let granted = subject.ask(request).await;
    assert!(matches!(granted, AcquireReply::Granted(_)), "{granted:?}");
    assert_eq!(subject.ask(request).await, granted);
}

/// A lease of an older generation is taken over.
pub async fn a_lease_of_an_older_generation_is_taken_over(subject: Subject) {
    let older = subject.grant(LONG).await;
    let first = subject.names.stamps().next().expect("there are two");
    subject.remove(&[first]).await;
    let newer = subject.grant(LONG).await;
    assert_ne!(newer.id, older.id);
    assert_ne!(newer.generation, older.generation);
    assert_eq!(subject.store(older, 7, LONG).await, StoreReply::LeaseLost);
    assert_eq!(subject.store(newer, 8, LONG).await, StoreReply::Stored);
}

/// A lease ends with its time to live.
pub async fn a_lease_ends_with_its_time_to_live(subject: Subject) {
    let lease = subject.grant(SHORT).await;
    subject.after(SHORT, "the lease ended", async || subject.read().await.lease.is_none()).await;
    assert_eq!(subject.store(lease.clone(), 7, LONG).await, StoreReply::LeaseLost);
    assert_ne!(subject.grant(LONG).await.id, lease.id);
}
