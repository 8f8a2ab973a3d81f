//! What a store tells this process of changes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Moment;
use crate::key::groups::hash;
use crate::key::names::Names;
use crate::protocol::{Hold, Places, Standing, Stripes, Ticket, Tracker, Validity};
use crate::sync::{AtomicU64, Mutex, MutexGuard, Notify, Ordering};

/// Waiters are kept in this many parts.
const SHARDS: usize = 16;

/// Where a store tells of changes: to which names, and until when it can be trusted to tell of every one.
///
/// Values that are kept in the process depend on it: see [`Store::watch`](crate::store::Store::watch).
pub struct Changes {
    stripes: Stripes,
    validity: Validity,
    /// The length of the namespace's prefix, behind which a letter tells the kind of a name.
    prefix: usize,
    waiting: AtomicU64,
    waiters: [Mutex<HashMap<u64, Vec<Arc<Notify>>>>; SHARDS],
}

impl Changes {
    /// Nothing changed yet. `prefix` is what all names begin with, `bits` the binary logarithm of how many names
    /// are told apart.
    pub(crate) fn new(prefix: &str, bits: u32) -> Self {
        Self {
            stripes: Stripes::new(bits),
            validity: Validity::new(),
            prefix: prefix.len(),
            waiting: AtomicU64::new(0),
            waiters: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// What lies under this name changed, or is gone. To be called in the order in which the store tells it and,
    /// for a change that came before an answer, before the answer is handed out.
    pub fn changed(&self, name: &[u8]) {
        let hash = hash(name);
        match name.get(self.prefix) {
            Some(b's' | b'i') => self.stripes.stamp_changed(hash),
            _ => {
                self.stripes.entry_changed(hash);
                // After the counter: whoever registers in between looks at the counter after it did.
                if self.waiting.load(Ordering::SeqCst) > 0 {
                    self.wake(hash);
                }
            }
        }
    }

    /// Changes may have been missed: whatever was read before counts as changed.
    pub fn lost(&self) {
        self.stripes.lost();
        for shard in &self.waiters {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.values().flatten().for_each(|waiter| waiter.notify_one());
        }
    }

    /// A heartbeat that was sent at `sent` was answered well: for `bound` from then on the tracker can be trusted
    /// to have told of every change before.
    pub fn extend(&self, tracker: Tracker, sent: Instant, bound: Duration) {
        self.validity.extend(tracker, sent, bound);
    }

    /// The tracker can't be trusted any more.
    pub fn end(&self, tracker: Tracker) {
        self.validity.end(tracker);
    }

    /// Whether a tracker can be trusted at this moment.
    #[must_use]
    pub fn holds(&self, tracker: Tracker, now: Instant) -> bool {
        self.validity.holds(tracker, now)
    }

    /// Changes of a namespace's names, for tests of stores.
    #[doc(hidden)]
    #[must_use]
    pub fn for_tests(namespace: &str) -> Self {
        Self::new(&format!("{namespace}:"), 12)
    }

    /// What tells whether anything changed that an entry depends on, for tests of stores.
    #[doc(hidden)]
    #[must_use]
    pub fn ticket_of(&self, names: &Names) -> u64 {
        self.ticket(&self.places(names)).0
    }

    pub(crate) fn places(&self, names: &Names) -> Places {
        self.stripes.places(names)
    }

    pub(crate) fn ticket(&self, places: &Places) -> Ticket {
        self.stripes.ticket(places)
    }

    /// How a value stands that is kept in the process.
    #[inline]
    pub(crate) fn standing(&self, hold: &Hold, now: impl Into<Moment>) -> Standing {
        hold.standing(&self.stripes, &self.validity, now)
    }

    /// How often entry and lease changed so far, to be noted before a command is sent whose answer may be that
    /// somebody loads.
    pub(crate) fn seen(&self, names: &Names) -> Ticket {
        self.stripes.changes_of(pair(names))
    }

    /// Waits until entry or lease changes, or has changed since `seen`.
    pub(crate) async fn next(self: &Arc<Self>, names: &Names, seen: Ticket) {
        let waiter = Waiter::register(self.clone(), pair(names));
        if self.stripes.changes_of(waiter.hashes) == seen {
            waiter.notify.notified().await;
        }
    }

    #[cfg(test)]
    pub(crate) fn nobody_waits(&self) -> bool {
        self.waiters.iter().all(|shard| shard.lock().expect("no test panicked").is_empty())
    }

    fn wake(&self, hash: u64) {
        if let Some(waiters) = self.shard(hash).get(&hash) {
            waiters.iter().for_each(|waiter| waiter.notify_one());
        }
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, HashMap<u64, Vec<Arc<Notify>>>> {
        let index = usize::try_from(hash >> 32).unwrap_or(0) % SHARDS;
        self.waiters[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pair(names: &Names) -> [u64; 2] {
    [names.entry_hash(), hash(names.lease().as_bytes())]
}

/// Somebody who waits, until it is dropped.
struct Waiter {
    changes: Arc<Changes>,
    hashes: [u64; 2],
    notify: Arc<Notify>,
}

impl Waiter {
    fn register(changes: Arc<Changes>, hashes: [u64; 2]) -> Self {
        let notify = Arc::new(Notify::new());
        for hash in hashes {
            changes.shard(hash).entry(hash).or_default().push(notify.clone());
        }
        changes.waiting.fetch_add(1, Ordering::SeqCst);
        Self { changes, hashes, notify }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.changes.waiting.fetch_sub(1, Ordering::SeqCst);
        for hash in self.hashes {
            let mut shard = self.changes.shard(hash);
            if let Some(waiters) = shard.get_mut(&hash) {
                waiters.retain(|waiter| !Arc::ptr_eq(waiter, &self.notify));
                if waiters.is_empty() {
                    shard.remove(&hash);
                }
            }
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("validity", &self.validity).finish_non_exhaustive()
    }
}
