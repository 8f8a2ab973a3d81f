//! Counts what happened since the last line, and since the start.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters that all tasks share.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    reads: AtomicU64,
    writes: AtomicU64,
    failed: AtomicU64,
    wrong: AtomicU64,
    slowest: AtomicU64,
}

/// What the counters said at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) reads: u64,
    pub(crate) writes: u64,
    pub(crate) failed: u64,
    pub(crate) wrong: u64,
    pub(crate) slowest: Duration,
}

impl Tally {
    pub(crate) fn read(&self, time: Duration) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.slowest.fetch_max(micros(time), Ordering::Relaxed);
    }

    pub(crate) fn write(&self, time: Duration) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.slowest.fetch_max(micros(time), Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn wrong(&self, values: usize) {
        self.wrong.fetch_add(values as u64, Ordering::Relaxed);
    }

    /// What was counted since the last call of this.
    pub(crate) fn take(&self) -> Counts {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        Counts {
            reads: take(&self.reads),
            writes: take(&self.writes),
            failed: take(&self.failed),
            wrong: take(&self.wrong),
            slowest: Duration::from_micros(take(&self.slowest)),
        }
    }
}

impl Counts {
    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
            failed: self.failed + other.failed,
            wrong: self.wrong + other.wrong,
            slowest: self.slowest.max(other.slowest),
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_begin_anew_and_add_up() {
        let tally = Tally::default();
        tally.read(Duration::from_millis(3));
        tally.wrong(2);
        let first = tally.take();
        tally.write(Duration::from_millis(1));
        tally.failed();
        let second = tally.take();
        let slowest = Duration::from_millis(3);
        assert_eq!(first, Counts { reads: 1, wrong: 2, slowest, ..Counts::default() });
        assert_eq!(first.and(second), Counts { reads: 1, writes: 1, failed: 1, wrong: 2, slowest });
    }
}
