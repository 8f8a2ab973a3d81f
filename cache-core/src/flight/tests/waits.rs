use std::sync::Arc;

use crate::flight::waits::Waits;

#[test]
fn a_call_outside_any_load_may_wait_for_anything() {
    let waits = Arc::new(Waits::default());
    assert!(waits.enter(std::iter::empty(), 1).is_some());
}

#[test]
fn a_load_never_waits_for_itself() {
    let waits = Arc::new(Waits::default());
    assert!(waits.enter([1].into_iter(), 1).is_none());
    assert!(waits.enter([2, 1].into_iter(), 1).is_none());
}

#[test]
fn a_circle_of_three_is_not_closed() {
    let waits = Arc::new(Waits::default());
    let first = waits.enter([1].into_iter(), 2);
    let second = waits.enter([2].into_iter(), 3);
    assert!(first.is_some() && second.is_some());
    assert!(waits.enter([3].into_iter(), 1).is_none());
    drop(second);
    assert!(waits.enter([3].into_iter(), 1).is_some());
}

#[test]
fn nothing_is_left_behind() {
    let waits = Arc::new(Waits::default());
    drop((waits.enter([1].into_iter(), 2), waits.enter([1].into_iter(), 2)));
    assert!(waits.is_empty());
}
