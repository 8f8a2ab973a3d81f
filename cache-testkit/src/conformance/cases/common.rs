//! What holds for every command.

use std::pin::pin;
use std::task::{Context, Waker};

use cache_core::store::{AcquireReply, AcquireRequest, Body, Names, PutReply, Read, StoreReply};

use crate::conformance::subject::{LONG, NAMESPACE, Subject, id};

/// Names are compared as text; a store adds nothing to them.
pub async fn names_are_compared_as_text(subject: Subject) {
    subject.ensure().await;
    assert!(matches!(subject.put(7).await, PutReply::Stored(_)));
    let groups = ["-:menu:-", "t1:menu:-"];
    // Another case, a prefix, a longer one, what could be a pattern, another encoding of the same.
    for address in
        ["T1:menu:-:menus", "t1:menu:-:menu", "t1:menu:-:menus:", "*", "t1:menu:-:menu?", "t1%3Amenu"]
    {
        let names = Names::for_tests(NAMESPACE, address, &groups);
        let other = subject.store.read(&names, Read::default()).await.expect("a read is answered");
        assert!(other.entry.is_none(), "{address} is not t1:menu:-:menus");
        subject.remove(&[names.entry(), names.lease()]).await;
        assert_eq!(subject.entry().await, Some((id(7), vec![7])), "after {address} was removed");
    }
    let others = Names::for_tests(NAMESPACE, "t1:menu:-:menus", &["-:MENU:-", "t1:men:-"]);
    subject.remove(&others.stamps().collect::<Vec<_>>()).await;
    assert_eq!(subject.ask(subject.request()).await, AcquireReply::Valid, "its own stamps are there");
}

/// Of many who ask for a lease at the same time one is granted it.
pub async fn of_many_who_ask_at_the_same_time_one_is_granted(subject: Subject) {
    subject.ensure().await;
    for round in 0..5 {
        let requests: Vec<AcquireRequest> = (0..16).map(|_| subject.request()).collect();
        let asked = requests.into_iter().map(|request| {
            let (store, names) = (subject.store.clone(), subject.names.clone());
            tokio::spawn(async move { store.acquire(&names, request).await })
        });
        let asked: Vec<_> = asked.collect();
        let mut granted = Vec::new();
        for answer in asked {
            match answer.await.expect("it does not panic").expect("a request for a lease is answered") {
                AcquireReply::Granted(lease) => granted.push(lease),
                AcquireReply::Busy { .. } => {}
                other => panic!("the lease was free, but: {other:?}"),
            }
        }
        assert_eq!(granted.len(), 1, "round {round}");
        subject.remove(&[subject.names.lease()]).await;
    }
}

/// A future that is dropped may or may not have had its effect, and harms no other command.
pub async fn a_dropped_command_harms_no_other(subject: Subject) {
    subject.ensure().await;
    let begin = |command: &mut (dyn Future<Output = ()> + Unpin)| {
        let _ = pin!(command).poll(&mut Context::from_waker(Waker::noop()));
    };
    for _ in 0..20 {
        let request = subject.request();
        begin(&mut Box::pin(async { drop(subject.read().await) }));
        begin(&mut Box::pin(async { drop(subject.ask(request).await) }));
        begin(&mut Box::pin(async { drop(subject.put(8).await) }));
        begin(&mut Box::pin(subject.remove(&["conformance:test:never"])));
        assert!(matches!(subject.put(7).await, PutReply::Stored(_)));
        assert!(subject.read().await.incarnation.is_some());
        // A put that was dropped may still be carried out, with its own value.
        let (entry, value) = subject.entry().await.expect("something is stored");
        assert!((entry, value[0]) == (id(7), 7) || (entry, value[0]) == (id(8), 8));
        subject.remove(&[subject.names.entry(), subject.names.lease()]).await;
    }
}

/// A value is stored whole, whatever its bytes are and however many.
pub async fn a_value_is_stored_whole(subject: Subject) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0..100_000_u32).map(|number| (number % 251) as u8).collect();
    for (value, body) in [(1, vec![]), (2, b"\r\n$-1\r\n\0".to_vec()), (3, every_byte), (4, large)] {
        let lease = subject.grant(LONG).await;
        let stored = subject.store_body(lease, value, Body::Encoded(body.clone().into())).await;
        assert_eq!(stored, StoreReply::Stored);
        assert!(
            subject.entry().await == Some((id(value), body)),
            "value {value} comes back as it was stored"
        );
        subject.remove(&[subject.names.entry()]).await;
    }
}

/// A store that says who tracks what was read has told of a change before a later read is answered.
pub async fn what_is_tracked_is_told_before_a_later_read(subject: Subject) {
    let read = async || {
        let read = Read { keep: true, ..Read::default() };
        subject.store.read(&subject.names, read).await.expect("a read is answered")
    };
    let names = [subject.names.entry(), subject.names.incarnation()];
    for name in names.into_iter().chain(subject.names.stamps()) {
        let lease = subject.grant(LONG).await;
        assert_eq!(subject.store(lease, 7, LONG).await, StoreReply::Stored);
        if read().await.tracker.is_none() {
            return;
        }
        let ticket = subject.changes.ticket_of(&subject.names);
        read().await;
        assert_eq!(subject.changes.ticket_of(&subject.names), ticket, "nothing changed: {name}");
        subject.remove(&[name]).await;
        read().await;
        assert_ne!(subject.changes.ticket_of(&subject.names), ticket, "{name} was removed");
        subject.remove(&[subject.names.entry()]).await;
    }
    subject.ensure().await;
    assert!(matches!(subject.put(7).await, PutReply::Stored(_)));
    read().await;
    let ticket = subject.changes.ticket_of(&subject.names);
    assert!(matches!(subject.put(8).await, PutReply::Stored(_)));
    read().await;
    assert_ne!(subject.changes.ticket_of(&subject.names), ticket, "the entry was replaced");
}
