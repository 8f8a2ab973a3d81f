//! Reading.

use cache_core::store::{Read, StoreReply};

use crate::conformance::subject::{LONG, SHORT, Subject, id};

/// What was never stored is absent, and so is a lease or a stamp that was never written.
pub async fn what_was_never_stored_is_absent(subject: Subject) {
    let snapshot = subject.read().await;
    assert!(snapshot.entry.is_none() && snapshot.lease.is_none() && snapshot.incarnation.is_none());
    assert_eq!(snapshot.stamps.as_slice(), [None, None]);
}

/// An entry is absent once its time to live has passed.
pub async fn an_entry_is_absent_once_its_time_to_live_has_passed(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease, 7, SHORT).await, StoreReply::Stored);
    assert_eq!(subject.entry().await, Some((id(7), vec![7])));
    subject.after(SHORT, "the entry is absent", async || subject.entry().await.is_none()).await;
}

/// A lease is reported only where it is asked for.
pub async fn a_lease_is_reported_only_where_it_is_asked_for(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.read().await.lease, Some(lease));
    let unasked = subject.store.read(&subject.names, Read::default()).await.expect("a read is answered");
    assert_eq!(unasked.lease, None);
    assert!(unasked.incarnation.is_some() && unasked.stamps.iter().all(Option::is_some), "{unasked:?}");
}

/// Bytes that are no entry, stamp, lease or incarnation are reported as absent.
pub async fn bytes_that_mean_nothing_are_absent(subject: Subject) {
    let Some(behind) = subject.reached() else { return };
    for garbage in [&b""[..], b"x", b"L", &[0; 11], &[0xff; 27]] {
        let all = [subject.names.entry(), subject.names.lease(), subject.names.incarnation()];
        all.into_iter().chain(subject.names.stamps()).for_each(|name| behind.plant(name, garbage));
        let snapshot = subject.read().await;
        // Where an id can be made out, the entry is reported to be refused by it; it has no generation.
        assert!(snapshot.entry.is_none_or(|entry| entry.generation.as_bytes().is_empty()), "{garbage:?}");
        assert!(snapshot.lease.is_none() && snapshot.incarnation.is_none(), "{garbage:?}");
        assert_eq!(snapshot.stamps.as_slice(), [None, None], "{garbage:?}");
    }
}
