//! Whoever waits for somebody else's load is woken by its end, even if that comes while it begins to wait.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use crate::explore::{explore, explore_most};
use crate::key::names::NAMES;
use crate::store::changes::Changes;

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A process, and the load of another one.
struct Process {
    changes: Arc<Changes>,
    loading: AtomicBool,
}

impl Process {
    fn new() -> Arc<Self> {
        let changes = Arc::new(Changes::new("n:", 2));
        Arc::new(Self { changes, loading: AtomicBool::new(true) })
    }

    /// Asks the store, and begins to wait if somebody loads.
    fn wait(&self, noted_in_time: bool) -> Option<Wait> {
        let mut seen = self.changes.seen(&NAMES);
        let busy = self.loading.load(Ordering::Relaxed);
        if !noted_in_time {
            seen = self.changes.seen(&NAMES);
        }
        let changes = self.changes.clone();
        let mut wait: Wait = Box::pin(async move { changes.next(&NAMES, seen).await });
        (busy && !is_over(&mut wait)).then_some(wait)
    }

    fn end(&self, tell: fn(&Changes)) {
        self.loading.store(false, Ordering::Relaxed);
        tell(&self.changes);
    }
}

fn is_over(wait: &mut Wait) -> bool {
    wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// The end of the load is told while `waiters` begin to wait.
fn are_woken(waiters: usize, noted_in_time: bool, tell: fn(&Changes)) {
    let model = move || {
        let process = Process::new();
        let waiting: Vec<_> = std::iter::repeat_with(|| process.clone())
            .take(waiters)
            .map(|process| thread::spawn(move || process.wait(noted_in_time)))
            .collect();
        process.end(tell);
        for waiter in waiting {
            let wait = waiter.join().expect("it does not panic");
            // Nothing more will be told.
            assert!(wait.is_none_or(|mut wait| is_over(&mut wait)), "somebody waits for ever");
        }
        assert!(process.changes.nobody_waits(), "somebody is still registered");
    };
    if waiters > 1 { explore_most(model) } else { explore(model) }
}

#[test]
fn an_entry_that_appears() {
    are_woken(1, true, |changes| changes.changed(NAMES.entry.as_bytes()));
}

#[test]
fn a_lease_that_vanishes() {
    are_woken(1, true, |changes| changes.changed(NAMES.lease.as_bytes()));
}

#[test]
fn a_lost_connection() {
    are_woken(1, true, Changes::lost);
}

#[test]
fn two_who_wait() {
    are_woken(2, true, |changes| changes.changed(NAMES.entry.as_bytes()));
}

#[test]
#[should_panic(expected = "somebody waits for ever")]
fn without_noting_in_time_what_was_seen() {
    are_woken(1, false, |changes| changes.changed(NAMES.entry.as_bytes()));
}
