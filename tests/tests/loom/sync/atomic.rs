//! A counter whose `SeqCst` accesses have one order.

use std::ops::Deref;
use std::sync::atomic::Ordering;

#[derive(Debug)]
pub(crate) struct AtomicU64(loom::sync::atomic::AtomicU64);

impl AtomicU64 {
    pub(crate) fn new(value: u64) -> Self {
        let atomic = loom::sync::atomic::AtomicU64::new(value);
        // Loom keeps `SeqCst` accesses in one order, but does not count the first value as written by one, so that
        // a read could still return it after later writes.
        atomic.store(value, Ordering::SeqCst);
        Self(atomic)
    }
}

impl Deref for AtomicU64 {
    type Target = loom::sync::atomic::AtomicU64;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
