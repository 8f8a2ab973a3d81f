use std::sync::Arc;

use crate::key::names::Names;
use crate::store::changes::Changes;

fn changes() -> Arc<Changes> {
    Arc::new(Changes::new("n:", 8))
}

fn names() -> Names {
    Names::for_tests("n", "menu:1", &["menu", "t1"])
}

#[test]
fn a_change_of_anything_that_an_entry_depends_on_changes_its_ticket() {
    let (changes, names) = (changes(), names());
    let places = changes.places(&names);
    let depends = [names.entry(), names.incarnation()].into_iter().chain(names.stamps());
    for name in depends {
        let ticket = changes.ticket(&places);
        changes.changed(name.as_bytes());
        assert_ne!(changes.ticket(&places), ticket, "{name}");
    }
    let ticket = changes.ticket(&places);
    changes.lost();
    assert_ne!(changes.ticket(&places), ticket);
}

#[tokio::test]
async fn who_waits_is_woken_by_the_exact_name_and_leaves_nothing_behind() {
    let (changes, names) = (changes(), names());
    for name in [names.entry().to_owned(), names.lease().to_owned()] {
        let (waiting, changed) = (changes.clone(), changes.clone());
        let (names, seen) = (names.clone(), changes.seen(&names));
        let waiter = tokio::spawn(async move { waiting.next(&names, seen).await });
        tokio::task::yield_now().await;
        changed.changed(b"n:e1:another");
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        changed.changed(name.as_bytes());
        waiter.await.expect("it does not panic");
    }
    assert!(changes.nobody_waits());
}

#[tokio::test]
async fn a_change_before_the_wait_ends_it_at_once() {
    let (changes, names) = (changes(), names());
    let seen = changes.seen(&names);
    changes.changed(names.entry().as_bytes());
    changes.next(&names, seen).await;
    let seen = changes.seen(&names);
    changes.lost();
    changes.next(&names, seen).await;
}
