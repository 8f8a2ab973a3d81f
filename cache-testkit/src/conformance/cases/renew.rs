//! Renewing and releasing a lease.

use std::time::Duration;

use cache_core::store::{Lease, LeaseId, Names, Read, StoreReply};

use crate::conformance::subject::{LONG, SHORT, Subject};

async fn renew(subject: &Subject, lease: &Lease, keep: Option<Duration>) -> bool {
    subject.store.renew(&subject.names, lease.clone(), keep).await.expect("a renewal is answered")
}

/// A renewed lease lives for `keep` from now.
pub async fn a_renewed_lease_lives_from_now(subject: Subject) {
    let lease = subject.grant(SHORT).await;
    assert!(renew(&subject, &lease, Some(LONG)).await);
    // Another lease, as long as the first was before its renewal, and granted later: it tells the time.
    let names = Names::for_tests("conformance:test", "t1:menu:-:others", &["-:menu:-", "t1:menu:-"]);
    let witness = cache_core::store::AcquireRequest { lease: SHORT, ..subject.request() };
    subject.store.acquire(&names, witness).await.expect("a request for a lease is answered");
    let gone = async || {
        subject
            .store
            .read(&names, Read { lease: true, ..Read::default() })
            .await
            .expect("a read is answered")
            .lease
            .is_none()
    };
    subject.after(SHORT, "the lease that was not renewed ended", gone).await;
    assert_eq!(subject.read().await.lease.as_ref(), Some(&lease));

    assert!(renew(&subject, &lease, Some(SHORT)).await);
    subject.after(SHORT, "the lease ended", async || subject.read().await.lease.is_none()).await;
    assert!(!renew(&subject, &lease, Some(LONG)).await);
}

/// A released lease is gone.
pub async fn a_released_lease_is_gone(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert!(renew(&subject, &lease, None).await);
    assert_eq!(subject.read().await.lease, None);
    assert!(!renew(&subject, &lease, None).await);
    assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::LeaseLost);
}

/// A lease of another id is left alone, and the answer is `false`.
pub async fn a_lease_of_another_id_is_left_alone(subject: Subject) {
    let lease = subject.grant(LONG).await;
    let another = Lease { id: LeaseId([0xaa; 24]), ..lease.clone() };
    assert!(!renew(&subject, &another, None).await);
    assert!(!renew(&subject, &another, Some(SHORT)).await);
    assert_eq!(subject.read().await.lease, Some(lease));
}
