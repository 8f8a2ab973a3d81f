//! The registry of all flights.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError};

use smallvec::SmallVec;

use crate::flight::lead::Lead;
use crate::flight::waits::{Wait, Waits};
use crate::key::names::Names;
use crate::protocol::LeaseId;
use crate::store::Body;
use crate::sync::{AtomicBool, AtomicU64, LazyLock, Mutex, MutexGuard, Ordering, oneshot};

const SHARDS: usize = 64;

/// All flights of a cache.
#[derive(Debug)]
pub(crate) struct Flights {
    shards: Vec<Mutex<HashMap<Box<str>, Slot>>>,
}

/// Flights are numbered, and waits noted, for all caches of the process: a load of one may call another.
static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(1));
static WAITS: LazyLock<Arc<Waits>> = LazyLock::new(Arc::default);

/// The flights of one key.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// The one that has not started: at most one.
    pub(super) gathering: Option<Arc<Flight>>,
    /// Those that have started, or are done and not stored yet; more than one only after an invalidation.
    pub(super) started: SmallVec<[Arc<Flight>; 1]>,
}

/// One load and those who share it.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) id: u64,
    pub(super) names: Names,
    /// Whether its leader waits for the load of another process.
    pub(super) abroad: Arc<AtomicBool>,
    pub(super) state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) followers: VecDeque<oneshot::Sender<Handed>>,
    /// Told when the leader, which waits for its turn, may start.
    pub(super) turn: Option<oneshot::Sender<()>>,
}

#[derive(Debug)]
pub(super) enum Phase {
    Gathering,
    Started { lease: Option<LeaseId> },
    Done { lease: Option<LeaseId>, outcome: Outcome },
}

/// Somebody's turn to load.
#[derive(Debug)]
pub(super) struct Turn(oneshot::Sender<()>);

/// What came of a load.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// A value, with the first part of its envelope.
    Value([u8; 12], Body),
    /// `None`, which is shared with those who waited but not stored.
    Absent,
}

/// What a follower is handed.
#[derive(Debug)]
pub(crate) enum Handed {
    /// What the load gave.
    Outcome(Outcome),
    /// The lead: the leader failed or was dropped.
    Lead(Lead),
    /// Nothing: look again.
    Again,
}

/// A place in a flight that somebody else leads.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) flight: u64,
    /// Whether the leader waits for the load of another process.
    pub(crate) abroad: Arc<AtomicBool>,
    pub(crate) handed: oneshot::Receiver<Handed>,
}

/// What came of gathering.
#[derive(Debug)]
pub(crate) enum Gathered {
    /// The caller leads a new flight.
    Lead(Lead),
    /// The caller follows one that has not started.
    Follow(Follower),
}

/// What came of joining a flight that has started.
#[derive(Debug)]
pub(crate) enum Joined {
    /// It is under way.
    Follow(Follower),
    /// It is done already.
    Done(Outcome),
}

impl Default for Flights {
    fn default() -> Self {
        let shards = std::iter::repeat_with(Mutex::default).take(SHARDS).collect();
        Self { shards }
    }
}

impl Flights {
    /// Joins the flight of this key that has not started, or opens one and leads it.
    pub(crate) fn gather(self: &Arc<Self>, names: &Names) -> Gathered {
        let mut shard = self.shard(names);
        let slot = shard.entry(names.entry().into()).or_default();
        if let Some(flight) = &slot.gathering {
            return Gathered::Follow(flight.follow());
        }
        let state = State { phase: Phase::Gathering, followers: VecDeque::new(), turn: None };
        let id = LazyLock::force(&NEXT).fetch_add(1, Ordering::Relaxed);
        let flight =
            Arc::new(Flight { id, names: names.clone(), abroad: Arc::default(), state: Mutex::new(state) });
        slot.gathering = Some(flight.clone());
        Gathered::Lead(Lead::new(self.clone(), flight, None))
    }

    /// Whether there is a flight of this key, whatever has become of it.
    pub(crate) fn knows(&self, names: &Names) -> bool {
        self.shard(names).contains_key(names.entry())
    }

    /// Joins the flight of this key that has not started, if there is one.
    pub(crate) fn join_gathering(&self, names: &Names) -> Option<Follower> {
        let shard = self.shard(names);
        Some(shard.get(names.entry())?.gathering.as_ref()?.follow())
    }

    /// Whether a load of this key has started in this process, so that its lease is worth reading.
    pub(crate) fn has_started(&self, names: &Names) -> bool {
        self.shard(names).get(names.entry()).is_some_and(|slot| !slot.started.is_empty())
    }

    /// Joins the flight that holds this lease, if it is one of this process. The caller guarantees that it
    /// saw the lease in the store after it began, with the generation that was current.
    pub(crate) fn join(&self, names: &Names, lease: LeaseId) -> Option<Joined> {
        let shard = self.shard(names);
        let slot = shard.get(names.entry())?;
        slot.started.iter().find_map(|flight| {
            let mut state = flight.state();
            match &state.phase {
                Phase::Started { lease: Some(held) } if *held == lease => {
                    Some(Joined::Follow(flight.add(&mut state)))
                }
                Phase::Done { lease: Some(held), outcome } if *held == lease => {
                    Some(Joined::Done(outcome.clone()))
                }
                _ => None,
            }
        })
    }

    /// Lets nobody join the started flights that an invalidation covers any more; those who did stay.
    pub(crate) fn detach(&self, covered: impl Fn(&Names) -> bool) {
        for shard in &self.shards {
            let mut turns = Vec::new();
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, slot| {
                slot.started.retain(|flight| !covered(&flight.names));
                turns.extend(slot.turn());
                !slot.is_empty()
            });
            drop(shard);
            turns.into_iter().for_each(Turn::tell);
        }
    }

    /// Registers that a call inside these loads waits for a flight; `None` if that would close a circle.
    pub(crate) fn wait_for(&self, above: impl Iterator<Item = u64>, flight: u64) -> Option<Wait> {
        LazyLock::force(&WAITS).enter(above, flight)
    }

    pub(super) fn shard(&self, names: &Names) -> MutexGuard<'_, HashMap<Box<str>, Slot>> {
        let index = usize::try_from(names.entry_hash() % SHARDS as u64)
            .expect("it is less than the number of shards");
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| shard.lock().expect("no test panicked").is_empty())
    }
}

impl Slot {
    pub(super) fn is_empty(&self) -> bool {
        self.gathering.is_none() && self.started.is_empty()
    }

    /// Whether a load of this key is running.
    pub(super) fn running(&self) -> Option<u64> {
        let running = |flight: &&Arc<Flight>| matches!(flight.state().phase, Phase::Started { .. });
        self.started.iter().find(running).map(|flight| flight.id)
    }

    /// The turn of the leader that waits for it, if no load is running any more. It is told once no lock is
    /// held, because waking somebody may run anything.
    pub(super) fn turn(&self) -> Option<Turn> {
        let flight = self.gathering.as_ref()?;
        if self.running().is_some() {
            return None;
        }
        flight.state().turn.take().map(Turn)
    }

    pub(super) fn remove(&mut self, flight: &Arc<Flight>) {
        self.started.retain(|other| !Arc::ptr_eq(other, flight));
        if self.gathering.as_ref().is_some_and(|other| Arc::ptr_eq(other, flight)) {
            self.gathering = None;
        }
    }
}

impl Turn {
    pub(super) fn tell(self) {
        // A leader that was dropped is replaced by one that asks for its turn itself.
        let _ = self.0.send(());
    }
}

impl Flight {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self) -> Follower {
        self.add(&mut self.state())
    }

    fn add(&self, state: &mut State) -> Follower {
        let (sender, handed) = oneshot::channel();
        // Those who left are forgotten before the queue grows.
        if state.followers.len() == state.followers.capacity() {
            state.followers.retain(|follower| !follower.is_closed());
        }
        state.followers.push_back(sender);
        Follower { flight: self.id, abroad: self.abroad.clone(), handed }
    }
}
