//! A case: who does what, and what may go wrong meanwhile.

use std::time::Instant;

use crate::clock::{Clock, SystemClock};
use crate::key::address::{Key, Owner};
use crate::key::encode::Arguments;
use crate::key::identity::Identity;
use crate::key::names::Names;
use crate::key::namespace::Namespace;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::server::Hit;
use crate::protocol::explore::tracking::Told;
use crate::protocol::stripes::{Places, Stripes};
use crate::target::{Removal, Target};

/// Who does what, and what may go wrong meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// The tasks: the process of each, and what it does, one letter for each operation.
    ///
    /// `R` reads. `K` writes to the source and invalidates the key, `G` the group. `P` writes to the source
    /// and puts what it wrote. `k` and `g` write between the opening and the closing of a mark. `L` and `M` are
    /// given up while they write, and the source applies what they wrote later: `L` invalidates the key, `M` the
    /// group.
    ///
    /// `B` is a bounded read: it takes what its process keeps, and keeps what it reads. `F` wants a load that
    /// begins after it did, and keeps what it reads.
    pub(super) tasks: &'static [(usize, &'static str)],
    /// What of the protocol is left out.
    pub(super) mutant: Option<Mutant>,
    /// How often entry, lease, stamp or incarnation may be evicted.
    pub(super) evictions: u8,
    /// How often a lease may expire although its load goes on.
    pub(super) expiries: u8,
    /// Whether a replica that lacks a suffix of the writes may be promoted.
    pub(super) fail_over: bool,
    /// How many commands may fail, before or after they were carried out.
    pub(super) unanswered: u8,
    /// How many writers may give up waiting for the acknowledgement.
    pub(super) impatient: u8,
    /// How often an ACQUIRE may be carried out once more, at any time later.
    pub(super) duplicates: u8,
    /// How many futures may be dropped and loads fail.
    pub(super) drops: u8,
    /// How many writers with a mark may die; then nothing older than the source may be left behind.
    pub(super) crashes: u8,
    /// How many entries may be refused by the process that read them.
    pub(super) refusals: u8,
    /// How often the lease of another entry of the group may be asked for, which writes a missing stamp.
    pub(super) neighbours: u8,
    /// Whether the entry is there from the beginning.
    pub(super) warm: bool,
    /// Whether processes are told of changes to what they keep.
    pub(super) tracked: bool,
    /// Whether connections remember stamps, so that reads go over them and ask for an entry alone; and of what the
    /// server tells them.
    pub(super) known: Option<Told>,
    /// How often a name may take the place of the stamp's among what a connection remembers.
    pub(super) displacements: u8,
    /// How often time may pass: a staleness bound each time.
    pub(super) ticks: u8,
    /// How many heartbeats may be sent.
    pub(super) beats: u8,
    /// How many tracked connections may be lost or given up.
    pub(super) cuts: u8,
    /// How many entries may be of a younger process's schema to whoever read them.
    pub(super) foreign: u8,
    /// How often an entry may grow older: first it is served while somebody reloads, then it has to be replaced.
    pub(super) agings: u8,
    /// Whether a load that fails leaves its caller the entry that it read.
    pub(super) stale_if_error: bool,
    /// How many targets the journals and the repetitions have room for.
    pub(super) room: usize,
    /// At most this many states are looked at; [`Case::ALL`]: every one there is.
    pub(super) bound: usize,
}

impl Case {
    /// Every state is looked at.
    pub(super) const ALL: usize = usize::MAX;

    pub(super) const fn new(tasks: &'static [(usize, &'static str)]) -> Self {
        Self {
            tasks,
            mutant: None,
            evictions: 0,
            expiries: 0,
            fail_over: false,
            unanswered: 0,
            impatient: 0,
            duplicates: 0,
            drops: 0,
            crashes: 0,
            refusals: 0,
            neighbours: 0,
            warm: false,
            tracked: false,
            known: None,
            displacements: 0,
            ticks: 0,
            beats: 0,
            cuts: 0,
            foreign: 0,
            agings: 0,
            stale_if_error: false,
            room: usize::MAX,
            bound: Self::ALL,
        }
    }
}

/// A case with the names of the one entry it is about.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) case: Case,
    pub(super) names: Names,
    removals: [Removal; 2],
    /// Where the entry's counters are.
    pub(super) places: Places,
    /// When time begins. But for what is kept in a process it stands still: what depends on it may happen at any
    /// moment.
    pub(super) now: Instant,
}

impl Model {
    pub(super) fn new(case: Case) -> Self {
        let namespace = Namespace::new("n", "e");
        let key = Key {
            owner: Owner { type_name: "menu", tenant: None, user: None },
            function: "menus",
            identity: Identity::of("app", "menus", &[]),
            arguments: Arguments::default(),
        };
        let group: Target = Target::of("menu").into();
        let names = Names::of(&namespace, &key, &[]);
        let removals = [Target::key(key), group].map(|target| target.removal(&namespace));
        let places = Stripes::new(1).places(&names);
        Self { case, names, removals, places, now: SystemClock.now() }
    }

    pub(super) fn is(&self, mutant: Mutant) -> bool {
        self.case.mutant == Some(mutant)
    }

    pub(super) fn removal(&self, hit: Hit) -> Removal {
        self.removals[hit as usize].clone()
    }

    /// Which of entry and group these removals hit.
    pub(super) fn hit(&self, removals: &[Removal]) -> [bool; 2] {
        [Hit::Entry, Hit::Group].map(|hit| removals.contains(&self.removals[hit as usize]))
    }

    /// Whether anything may be kept in a process. Elsewhere what concerns that is left out.
    pub(super) fn is_near(&self, process: usize) -> bool {
        let keeps = |operations: &str| operations.contains(['B', 'F']);
        self.case.tasks.iter().any(|(its, operations)| *its == process && keeps(operations))
    }

    /// Whether the reads of a process go over its tracked connection.
    pub(super) fn is_linked(&self, process: usize) -> bool {
        let reads = |operations: &str| operations.contains(['R', 'B', 'F']);
        let reads = self.case.tasks.iter().any(|(its, operations)| *its == process && reads(operations));
        self.is_near(process) || self.case.known.is_some() && reads
    }

    /// Whether the server tells of changes to entries that were read over a tracked connection.
    pub(super) fn tells_of_entries(&self) -> bool {
        self.case.known != Some(Told::OnRequest)
    }

    /// The incarnation and the stamp, with their hashes.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.names.groups_with_hashes()
    }

    pub(super) fn operations(&self, task: usize) -> &'static [u8] {
        self.case.tasks[task].1.as_bytes()
    }
}
