//! Until when the process can trust that it is told of every change.

use std::time::{Duration, Instant};

use crate::clock::{Moment, later};
use crate::sync::{AtomicU64, Ordering};

/// Who tells the process of changes to what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tracker {
    /// The tracked connection of calls.
    Calls = 0,
    /// The tracked connection of the cache's own thread.
    Control = 1,
    /// The process itself, which misses nothing.
    Local = 2,
}

/// The moments until which values that a tracker watches may be served: its last heartbeat that was answered
/// well was sent one staleness bound before. Nothing else extends it.
#[derive(Debug)]
pub(crate) struct Validity {
    /// The numbers of these moments.
    until: [AtomicU64; 2],
}

impl Validity {
    pub(crate) fn new() -> Self {
        Self { until: std::array::from_fn(|_| AtomicU64::new(Moment::NEVER.number())) }
    }

    /// A heartbeat that was sent at `sent` was answered well.
    pub(crate) fn extend(&self, tracker: Tracker, sent: Instant, bound: Duration) {
        if let Some(known) = self.until.get(tracker as usize) {
            known.fetch_max(Moment::from(later(sent, bound)).number(), Ordering::SeqCst);
        }
    }

    /// The tracker can't be trusted any more.
    pub(crate) fn end(&self, tracker: Tracker) {
        if let Some(known) = self.until.get(tracker as usize) {
            known.store(Moment::NEVER.number(), Ordering::SeqCst);
        }
    }

    /// Whether what a tracker watches may be served at this moment.
    #[inline]
    pub(crate) fn holds(&self, tracker: Tracker, now: impl Into<Moment>) -> bool {
        match self.until.get(tracker as usize) {
            Some(until) => now.into().number() <= until.load(Ordering::SeqCst),
            None => true,
        }
    }
}

/// For the explorer, whose states are copied and compared.
#[cfg(test)]
impl Validity {
    /// Until when a tracker's values may be served, if they ever were.
    pub(super) fn until(&self, tracker: Tracker) -> Option<Moment> {
        let until = Moment::of_number(self.until.get(tracker as usize)?.load(Ordering::SeqCst));
        (until > Moment::NEVER).then_some(until)
    }
}

#[cfg(test)]
impl Clone for Validity {
    fn clone(&self) -> Self {
        let copy = |until: &AtomicU64| AtomicU64::new(until.load(Ordering::SeqCst));
        Self { until: [copy(&self.until[0]), copy(&self.until[1])] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    const BOUND: Duration = Duration::from_secs(2);

    #[test]
    fn holds_for_one_bound_from_the_sending_of_a_heartbeat() {
        let base = SystemClock.now();
        let validity = Validity::new();
        assert!(!validity.holds(Tracker::Calls, base), "nothing was heard yet");
        validity.extend(Tracker::Calls, base, BOUND);
        assert!(validity.holds(Tracker::Calls, base + BOUND));
        assert!(!validity.holds(Tracker::Calls, base + BOUND + Duration::from_nanos(1)));
        assert!(!validity.holds(Tracker::Control, base), "each tracker has its own");
        assert!(validity.holds(Tracker::Local, base + BOUND * 1000));
    }

    #[test]
    fn an_older_heartbeat_shortens_nothing_and_an_error_ends_it() {
        let base = SystemClock.now();
        let validity = Validity::new();
        validity.extend(Tracker::Calls, base + BOUND, BOUND);
        validity.extend(Tracker::Calls, base, BOUND);
        assert!(validity.holds(Tracker::Calls, base + BOUND * 2));
        validity.end(Tracker::Calls);
        assert!(!validity.holds(Tracker::Calls, base));
    }
}
