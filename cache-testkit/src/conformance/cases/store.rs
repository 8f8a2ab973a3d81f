//! Storing under a lease.

use cache_core::store::{LeaseId, StoreReply};

use crate::conformance::subject::{LONG, Subject, id};

/// Under a live lease the entry is stored and carries the lease's generation.
pub async fn under_a_live_lease_the_entry_is_stored(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease.clone(), 7, LONG).await, StoreReply::Stored);
    assert_eq!(subject.entry().await, Some((id(7), vec![7])));
    let entry = subject.read().await.entry.expect("it was stored");
    assert_eq!(entry.generation, lease.generation);
}

/// Without the lease it is refused: [`StoreReply::LeaseLost`].
pub async fn without_the_lease_a_store_is_refused(subject: Subject) {
    let mut lease = subject.grant(LONG).await;
    lease.id = LeaseId([0xaa; 24]);
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::LeaseLost);
    assert_eq!(subject.entry().await, None);
}

/// After the entry was removed it is refused: [`StoreReply::LeaseLost`].
pub async fn after_the_entry_was_removed_a_store_is_refused(subject: Subject) {
    let lease = subject.grant(LONG).await;
    // An entry is removed together with its lease, whether or not there was an entry.
    subject.remove(&[subject.names.entry(), subject.names.lease()]).await;
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::LeaseLost);
    assert_eq!(subject.entry().await, None);
}

/// After a stamp or the incarnation was removed it is refused: [`StoreReply::Invalidated`].
pub async fn after_a_stamp_was_removed_a_store_is_refused(subject: Subject) {
    for name in subject.names.stamps().chain([subject.names.incarnation()]) {
        let lease = subject.grant(LONG).await;
        subject.remove(&[name]).await;
        assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::Invalidated, "without {name}");
        assert_eq!(subject.entry().await, None);
    }
}

/// The lease is gone afterwards.
pub async fn after_a_store_the_lease_is_gone(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease.clone(), 7, LONG).await, StoreReply::Stored);
    assert_eq!(subject.read().await.lease, None);
    assert_eq!(subject.store(lease, 8, LONG).await, StoreReply::LeaseLost);
    assert_eq!(subject.entry().await, Some((id(7), vec![7])));
}
