//! Storing by hand.

use cache_core::store::{AcquireReply, PutReply, StoreReply};

use crate::conformance::subject::{LONG, Subject, id};

/// The entry is stored with the current generation; missing stamps are written.
pub async fn a_put_stores_with_the_current_generation(subject: Subject) {
    subject.ensure().await;
    if let Some(behind) = subject.reached() {
        // What is no stamp is as good as missing.
        subject.names.stamps().for_each(|name| behind.plant(name, b"garbage"));
    }
    let PutReply::Stored(generation) = subject.put(7).await else { panic!("there is an incarnation") };
    assert_eq!(subject.entry().await, Some((id(7), vec![7])));
    let snapshot = subject.read().await;
    assert!(snapshot.stamps.iter().all(Option::is_some), "{snapshot:?}");
    assert_eq!(snapshot.entry.expect("it was stored").generation, generation);
    assert_eq!(subject.ask(subject.request()).await, AcquireReply::Valid);
}

/// A lease is gone afterwards, so that a load that began before can't overwrite the value.
pub async fn a_put_ends_a_lease(subject: Subject) {
    let lease = subject.grant(LONG).await;
    assert!(matches!(subject.put(7).await, PutReply::Stored(_)));
    assert_eq!(subject.read().await.lease, None);
    assert_eq!(subject.store(lease, 8, LONG).await, StoreReply::LeaseLost);
    assert_eq!(subject.entry().await, Some((id(7), vec![7])));
}

/// The last put wins.
pub async fn the_last_put_wins(subject: Subject) {
    subject.ensure().await;
    for value in [7, 8, 9] {
        assert!(matches!(subject.put(value).await, PutReply::Stored(_)));
        assert_eq!(subject.entry().await, Some((id(value), vec![value])));
    }
}

/// Without an incarnation of the current history it answers [`PutReply::Disowned`], and nothing is
/// stored.
pub async fn without_an_incarnation_a_put_is_disowned(subject: Subject) {
    assert_eq!(subject.put(7).await, PutReply::Disowned);
    assert_eq!(subject.entry().await, None);
    let Some(behind) = subject.reached() else { return };
    behind.plant(subject.names.incarnation(), b"a nonce: 12Banother history");
    assert_eq!(subject.put(7).await, PutReply::Disowned);
    assert_eq!(subject.entry().await, None);
}
