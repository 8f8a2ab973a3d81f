//! Two loads that are about to wait for each other: one of them does not.

use std::sync::Arc;

use loom::thread;

use crate::explore::explore;
use crate::flight::waits::{Wait, Waits};

#[test]
fn of_two_waits_that_would_close_a_circle_one_is_refused() {
    explore(|| {
        let waits = Arc::new(Waits::default());
        let enter = |from: u64, to: u64| {
            let waits = waits.clone();
            move || waits.enter([from].into_iter(), to)
        };
        let other = thread::spawn(enter(1, 2));
        let entered: [Option<Wait>; 2] = [enter(2, 1)(), other.join().expect("it does not panic")];
        assert_eq!(entered.iter().flatten().count(), 1);
        drop(entered);
        assert!(waits.is_empty());
    });
}
