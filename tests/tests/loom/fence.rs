//! A process never returns anything older than what it has invalidated itself, acknowledged or not.

use std::sync::Arc;

use loom::sync::Mutex;
use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::thread;

use crate::counters::Counters;
use crate::explore::explore;
use crate::key::groups::hash;
use crate::key::names::NAMES;
use crate::protocol::Hold;

/// The step that a writer leaves out or takes too early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    NoFence,
    NoBumpAfterRemoval,
    FenceLoweredBeforeBump,
}

const OLD: u64 = 1;
const NEW: u64 = 2;
/// What lies in the store when the entry was removed.
const REMOVED: u64 = 0;

/// A process that reads and invalidates one entry. Accesses to source and store are relaxed: only the fence and the
/// counters may bring them into an order.
struct Process {
    fault: Fault,
    counters: Counters,
    source: AtomicU64,
    store: AtomicU64,
    kept: Mutex<Option<(u64, Hold)>>,
    fence: AtomicBool,
    /// The invalidation has returned to its caller.
    returned: AtomicBool,
}

impl Process {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            counters: Counters::new(2),
            source: AtomicU64::new(OLD),
            store: AtomicU64::new(OLD),
            kept: Mutex::new(None),
            fence: AtomicBool::new(false),
            returned: AtomicBool::new(false),
        }
    }

    fn read(&self) -> u64 {
        if self.fence.load(Ordering::Acquire) {
            return self.source.load(Ordering::Relaxed);
        }
        if let Some(value) = self.hit() {
            return value;
        }
        let hold = self.counters.hold();
        let value = self.store.load(Ordering::Relaxed);
        if value == REMOVED {
            return self.source.load(Ordering::Relaxed);
        }
        *self.kept.lock().expect("no model goes on after a panic") = Some((value, hold));
        value
    }

    fn hit(&self) -> Option<u64> {
        let kept = self.kept.lock().expect("no model goes on after a panic");
        kept.as_ref().and_then(|(value, hold)| self.counters.may_serve(hold).then_some(*value))
    }

    fn invalidate(&self) {
        self.source.store(NEW, Ordering::Relaxed);
        if self.fault != Fault::NoFence {
            self.fence.store(true, Ordering::Release);
        }
        self.bump();
        self.returned.store(true, Ordering::Release);
        // What follows the control thread does, some time.
        self.store.store(REMOVED, Ordering::Relaxed);
        if self.fault == Fault::FenceLoweredBeforeBump {
            self.fence.store(false, Ordering::Release);
        }
        if self.fault != Fault::NoBumpAfterRemoval {
            self.bump();
        }
        self.fence.store(false, Ordering::Release);
    }

    fn bump(&self) {
        self.counters.stripes.entry_changed(hash(NAMES.entry.as_bytes()));
    }
}

/// One thread writes and invalidates, one reads, and one reads once the invalidation has returned.
fn reads_its_own_invalidations(fault: Fault) {
    explore(move || {
        let process = Arc::new(Process::new(fault));
        let (writer, reader) = (process.clone(), process.clone());
        let threads = [
            thread::spawn(move || writer.invalidate()),
            thread::spawn(move || {
                reader.read();
            }),
        ];
        if process.returned.load(Ordering::Acquire) {
            assert_eq!(process.read(), NEW, "a read is older than an invalidation");
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert_eq!(process.read(), NEW, "a read is older than an invalidation");
    });
}

#[test]
fn a_read_after_an_invalidation() {
    reads_its_own_invalidations(Fault::None);
}

#[test]
#[should_panic(expected = "a read is older than an invalidation")]
fn without_a_fence() {
    reads_its_own_invalidations(Fault::NoFence);
}

#[test]
#[should_panic(expected = "a read is older than an invalidation")]
fn without_a_bump_after_the_removal() {
    reads_its_own_invalidations(Fault::NoBumpAfterRemoval);
}

#[test]
#[should_panic(expected = "a read is older than an invalidation")]
fn without_a_fence_until_that_bump() {
    reads_its_own_invalidations(Fault::FenceLoweredBeforeBump);
}
