//! Which part of the counters a thread counts in.

use std::sync::{Mutex, PoisonError};

/// This many threads at a time have a part of their own, into which nobody else writes, so that counting costs no
/// more than an addition.
pub(super) const OWN: usize = 15;
/// All other threads share one.
pub(super) const SHARED: usize = OWN;

static FREE: Mutex<Free> = Mutex::new(Free { ended: Vec::new(), next: 0 });

struct Free {
    /// The parts of threads that have ended.
    ended: Vec<usize>,
    /// The first one that nobody had yet.
    next: usize,
}

thread_local! {
    static PART: Part = Part::take();
}

/// The part of the current thread. One that is ending counts with those that share.
#[inline]
pub(super) fn current() -> usize {
    PART.try_with(|part| part.0).unwrap_or(SHARED)
}

struct Part(usize);

impl Part {
    fn take() -> Self {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = free.ended.pop() {
            return Self(part);
        }
        let part = free.next;
        free.next = (part + 1).min(SHARED);
        Self(part)
    }
}

impl Drop for Part {
    /// Whoever takes it next sees what was counted before: the lock orders them.
    fn drop(&mut self) {
        if self.0 != SHARED {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).ended.push(self.0);
        }
    }
}
