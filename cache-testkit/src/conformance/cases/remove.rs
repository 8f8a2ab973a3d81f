//! Removing.

use cache_core::store::{PutReply, StoreReply};

use crate::conformance::subject::{LONG, Subject};

/// The names of everything that concerns an entry.
fn all(subject: &Subject) -> Vec<&str> {
    let names = &subject.names;
    [names.entry(), names.lease(), names.incarnation()].into_iter().chain(names.stamps()).collect()
}

/// Once it has answered, every one of the names is absent.
pub async fn what_was_removed_is_absent(subject: Subject) {
    subject.ensure().await;
    assert!(matches!(subject.put(7).await, PutReply::Stored(_)));
    let first = subject.names.stamps().next().expect("there are two");
    subject.remove(&[first]).await;
    subject.grant(LONG).await;
    let before = subject.read().await;
    assert!(before.entry.is_some() && before.lease.is_some() && before.incarnation.is_some(), "{before:?}");
    subject.remove(&all(&subject)).await;
    let after = subject.read().await;
    assert!(after.entry.is_none() && after.lease.is_none() && after.incarnation.is_none(), "{after:?}");
    assert_eq!(after.stamps.as_slice(), [None, None]);
}

/// Removing what is absent succeeds.
pub async fn removing_what_is_absent_succeeds(subject: Subject) {
    subject.remove(&all(&subject)).await;
    subject.remove(&[subject.names.entry(), "conformance:test:never"]).await;
    subject.remove(&[]).await;
}

/// It succeeds when the store is out of memory.
pub async fn removing_succeeds_without_memory(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::Stored);
    if let Some(behind) = subject.reached() {
        behind.exhaust();
        let names = cache_core::store::Names::for_tests("conformance:test", "t1:menu:-:others", &["-:o:-"]);
        let refused = subject.store.acquire(&names, subject.request()).await;
        assert!(refused.is_err(), "it was to be out of memory, but: {refused:?}");
    }
    subject.remove(&all(&subject)).await;
    assert_eq!(subject.entry().await, None);
}
