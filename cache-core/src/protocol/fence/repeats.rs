//! What is invalidated once more, because the write behind it may still be applied.

use std::time::Instant;

use crate::protocol::fence::targets::{Held, Noted, Targets};
use crate::target::Removal;

/// The invalidations that are repeated, each when it is due.
///
/// A write that was dropped, panicked or failed was invalidated when it ended, and may be applied later still: by
/// a database that goes on with what it was sent. So its targets are invalidated once more when that can't happen
/// any more. Of several writes to a target the last decides when: each of them was invalidated at once, too.
///
/// Until it is due a repetition fences nothing. Then it is an invalidation like any other.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
pub(crate) struct Repeats(Targets<Due>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due(Instant);

impl Noted for Due {
    fn merge(&mut self, other: Self) {
        *self = other.max(*self);
    }

    fn widened(self) -> Self {
        self
    }
}

impl Repeats {
    /// Nothing to repeat, and room for this many targets.
    pub(crate) fn new(room: usize) -> Self {
        Self(Targets::new(room))
    }

    /// Has these targets invalidated once more at this time.
    pub(crate) fn add(&mut self, removals: impl IntoIterator<Item = Removal>, due: Instant) {
        for removal in removals {
            self.0.add(removal, Due(due));
        }
    }

    /// Takes what is due now.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<Removal> {
        let due = self.0.take(|held| held.noted.0 <= now);
        due.into_iter().map(|held| held.removal).collect()
    }

    /// Everything that is still to be repeated.
    pub(crate) fn all(&self) -> Vec<Removal> {
        self.0.iter().map(|held| held.removal.clone()).collect()
    }

    /// When the next one is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.0.iter().map(|Held { noted: Due(due), .. }| *due).min()
    }
}
