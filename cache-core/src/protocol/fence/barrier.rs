//! The fence over a journal of numbered invalidations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::key::names::Names;
use crate::protocol::fence::targets::{Held, Noted, Targets};
use crate::target::{Removal, Target};

/// What was invalidated and is not yet acknowledged.
///
/// A fenced entry is loaded from the source and neither read nor stored. Each invalidation draws a number;
/// a removal that the store acknowledged lifts the fence of a target only if the target's newest number was
/// drawn before the removal was handed over. Otherwise an acknowledgement could lift the fence of a later
/// invalidation of the same target.
#[derive(Debug)]
pub(crate) struct Fence {
    /// The number of fenced targets, so that the usual case costs one load.
    armed: AtomicUsize,
    journal: Mutex<Journal>,
}

#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
struct Journal {
    next: u64,
    targets: Targets<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The number of the target's newest invalidation.
    newest: u64,
    /// When its oldest invalidation was journaled.
    since: Instant,
    /// How often the store was asked in vain.
    attempts: u32,
    /// Whether somebody was told that it is not acknowledged.
    told: bool,
}

impl Noted for Entry {
    fn merge(&mut self, other: Self) {
        self.newest = self.newest.max(other.newest);
        self.since = self.since.min(other.since);
        self.attempts = self.attempts.max(other.attempts);
    }

    fn widened(self) -> Self {
        // That so much more is invalidated is news.
        Self { told: false, ..self }
    }
}

/// A target that is not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unacknowledged {
    pub(crate) target: Target,
    pub(crate) since: Instant,
    pub(crate) attempts: u32,
}

impl From<&Held<Entry>> for Unacknowledged {
    fn from(held: &Held<Entry>) -> Self {
        let Entry { since, attempts, .. } = held.noted;
        Self { target: held.removal.target.clone(), since, attempts }
    }
}

/// What was handed over to be removed, and when.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) removals: Vec<Removal>,
    cutoff: u64,
}

impl Batch {
    /// Whether the invalidation with this number is acknowledged with the batch.
    pub(crate) fn covers(&self, number: u64) -> bool {
        number < self.cutoff
    }
}

impl Fence {
    /// A fence that nothing is behind, with room for this many targets; more are coarsened.
    pub(crate) fn new(room: usize) -> Self {
        let journal = Journal { next: 0, targets: Targets::new(room) };
        Self { armed: AtomicUsize::new(0), journal: Mutex::new(journal) }
    }

    /// Raises the fence for these targets and journals them. Returns the number of the invalidation.
    pub(crate) fn raise(&self, removals: impl IntoIterator<Item = Removal>, now: Instant) -> u64 {
        self.with(|journal| {
            let number = journal.next;
            journal.next += 1;
            for removal in removals {
                journal.targets.add(removal, Entry { newest: number, since: now, attempts: 0, told: false });
            }
            number
        })
    }

    /// Hands over everything that is journaled.
    pub(crate) fn hand_over(&self) -> Batch {
        self.with(|journal| Batch {
            removals: journal.targets.iter().map(|held| held.removal.clone()).collect(),
            cutoff: journal.next,
        })
    }

    /// Lowers the fence of what the store acknowledged.
    pub(crate) fn acknowledged(&self, batch: &Batch) {
        self.with(|journal| {
            for removal in &batch.removals {
                if journal.targets.get_mut(&removal.name).is_some_and(|entry| batch.covers(entry.newest)) {
                    journal.targets.remove(&removal.name);
                }
            }
        });
    }

    /// Notes that the store did not remove what was handed over. Returns the targets that nobody was told of yet.
    pub(crate) fn failed(&self, batch: &Batch) -> Vec<Unacknowledged> {
        self.with(|journal| {
            for removal in &batch.removals {
                if let Some(entry) = journal.targets.get_mut(&removal.name) {
                    entry.attempts = entry.attempts.saturating_add(1);
                }
            }
            journal.untold(|entry| entry.attempts > 0)
        })
    }

    /// The targets that have waited this long and that nobody was told of yet.
    pub(crate) fn overdue(&self, now: Instant, deadline: Duration) -> Vec<Unacknowledged> {
        self.with(|journal| journal.untold(|entry| now.saturating_duration_since(entry.since) >= deadline))
    }

    /// Everything that is not acknowledged, the oldest first.
    pub(crate) fn unacknowledged(&self) -> Vec<Unacknowledged> {
        let mut all: Vec<_> = self.with(|journal| journal.targets.iter().map(Into::into).collect());
        all.sort_by_key(|target: &Unacknowledged| target.since);
        all
    }

    /// Whether an entry is fenced: itself, one of its groups, or everything.
    pub(crate) fn covers(&self, names: &Names) -> bool {
        if self.len() == 0 {
            return false;
        }
        self.with(|journal| {
            let mut covering = [names.entry(), names.incarnation()].into_iter().chain(names.stamps());
            covering.any(|name| journal.targets.contains(name))
        })
    }

    /// How many targets are fenced.
    pub(crate) fn len(&self) -> usize {
        self.armed.load(Ordering::Acquire)
    }

    fn with<R>(&self, change: impl FnOnce(&mut Journal) -> R) -> R {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut journal);
        // A read that begins after `raise` returned must see the fence: stored before the lock is released.
        self.armed.store(journal.targets.len(), Ordering::Release);
        result
    }
}

impl Journal {
    /// The targets of which this holds and nobody was told; now somebody is.
    fn untold(&mut self, mut holds: impl FnMut(&Entry) -> bool) -> Vec<Unacknowledged> {
        let mut untold = Vec::new();
        for held in self.targets.iter_mut().filter(|held| !held.noted.told && holds(&held.noted)) {
            held.noted.told = true;
            untold.push(Unacknowledged::from(&*held));
        }
        untold
    }
}

/// For the explorer, whose states are copied and compared.
#[cfg(test)]
impl Fence {
    /// The fenced names with the numbers of their newest invalidations, in the order of the names.
    pub(crate) fn journaled(&self) -> Vec<(std::sync::Arc<str>, u64)> {
        self.with(|journal| {
            let newest = |held: &Held<Entry>| (held.removal.name.clone(), held.noted.newest);
            let mut journaled: Vec<_> = journal.targets.iter().map(newest).collect();
            journaled.sort();
            journaled
        })
    }
}

#[cfg(test)]
impl Clone for Fence {
    fn clone(&self) -> Self {
        let journal = self.with(|journal| journal.clone());
        Self { armed: AtomicUsize::new(journal.targets.len()), journal: Mutex::new(journal) }
    }
}
