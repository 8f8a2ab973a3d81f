//! Stripes: what this process was told of changes to entries and stamps, in two tables of counters.
//!
//! A value that is kept in the process notes the sum of the counters of its entry and of all its stamps, the
//! *ticket*, before it is read. A change bumps the counter of its name, so every value that depends on the name
//! has another sum from then on. That makes an invalidation cost the same for a group of any size; names that
//! share a counter cost a look at the store now and then.

use smallvec::SmallVec;

use crate::key::names::Names;
use crate::sync::{AtomicU64, Ordering};

/// Where the counters of an entry and of its stamps are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    entry: u32,
    stamps: SmallVec<[u32; 8]>,
}

/// The sum of an entry's counters at one moment. Counters only grow, so a sum never comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(pub(crate) u64);

/// The counters.
#[derive(Debug)]
pub(crate) struct Stripes {
    entries: Box<[AtomicU64]>,
    /// Of stamps and incarnations: apart from those of entries, which change much more often.
    stamps: Box<[AtomicU64]>,
    /// Part of every sum: bumped when changes may have been missed.
    epoch: AtomicU64,
}

impl Stripes {
    /// Two tables of `1 << bits` counters each.
    pub(crate) fn new(bits: u32) -> Self {
        let table = || std::iter::repeat_with(|| AtomicU64::new(0)).take(1 << bits).collect();
        Self { entries: table(), stamps: table(), epoch: AtomicU64::new(0) }
    }

    /// The places of an entry's counters.
    pub(crate) fn places(&self, names: &Names) -> Places {
        let stamps = names.group_hashes().map(|hash| self.place(hash)).collect();
        Places { entry: self.place(names.entry_hash()), stamps }
    }

    /// The ticket of what is about to be read. Taken after the read was sent it would miss a change in between.
    #[inline]
    pub(crate) fn ticket(&self, places: &Places) -> Ticket {
        let read = |table: &[AtomicU64], place: u32| table[place as usize].load(Ordering::SeqCst);
        let stamps = places.stamps.iter().map(|place| read(&self.stamps, *place));
        let sum = stamps.fold(read(&self.entries, places.entry), u64::wrapping_add);
        Ticket(sum.wrapping_add(self.epoch.load(Ordering::SeqCst)))
    }

    /// How often the entries or leases with these hashes changed, for somebody who waits for the next time.
    pub(crate) fn changes_of(&self, hashes: [u64; 2]) -> Ticket {
        let count = |hash| self.entries[self.place(hash) as usize].load(Ordering::SeqCst);
        let epoch = self.epoch.load(Ordering::SeqCst);
        Ticket(hashes.into_iter().map(count).fold(epoch, u64::wrapping_add))
    }

    /// An entry or a lease changed.
    pub(crate) fn entry_changed(&self, hash: u64) {
        self.entries[self.place(hash) as usize].fetch_add(1, Ordering::SeqCst);
    }

    /// A stamp or an incarnation changed.
    pub(crate) fn stamp_changed(&self, hash: u64) {
        self.stamps[self.place(hash) as usize].fetch_add(1, Ordering::SeqCst);
    }

    /// Changes may have been missed: no ticket is good any more.
    pub(crate) fn lost(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    fn place(&self, hash: u64) -> u32 {
        // The tables have a power of two of counters, at most 65,536.
        (hash & (self.entries.len() as u64 - 1)) as u32
    }
}

/// For the explorer, whose states are copied.
#[cfg(test)]
impl Clone for Stripes {
    fn clone(&self) -> Self {
        let copy = |counter: &AtomicU64| AtomicU64::new(counter.load(Ordering::SeqCst));
        let table = |table: &[AtomicU64]| table.iter().map(copy).collect();
        Self { entries: table(&self.entries), stamps: table(&self.stamps), epoch: copy(&self.epoch) }
    }
}
