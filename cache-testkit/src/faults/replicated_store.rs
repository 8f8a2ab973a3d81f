//! A server that is replaced by a replica which lags behind.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use cache_core::clock::{Clock, Sleep};
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, History, Lease, Names, PutReply, PutRequest,
    Snapshot, Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Error, ErrorKind};

use crate::at_once::at_once;
use crate::command::{
    Acquire, Command, Ensure, Operation, Put, Read, Remove, Renew, StoreValue, carries_commands,
};
use crate::seeded_random::SeededRandom;

/// A server whose replica takes over now and then: what was written last is lost, whoever acknowledged it, and the
/// replication history is another one.
///
/// Clones are the same server. What is lost follows from a seed and from the commands.
///
/// ```
/// use std::sync::Arc;
///
/// use cache_core::store::{Names, Read, Store};
/// use cache_testkit::{ReplicatedStore, VirtualClock};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let server = ReplicatedStore::new(Arc::new(VirtualClock::new()));
/// let names = Names::for_tests("aura:test", "-:menu:-:menus", &["-:menu:-"]);
/// server.ensure(&names, [0; 16]).await?;
/// server.remove(&[names.incarnation()]).await?;
/// server.fail_over(1);                            // The removal is lost.
/// let seen = server.read(&names, Read::default()).await?;
/// let incarnation = seen.incarnation.expect("it is back");
/// assert_ne!(Some(incarnation.history), seen.history);
/// # Ok::<(), cache_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReplicatedStore(Arc<Mutex<Server>>);

#[derive(Debug)]
struct Server {
    clock: Arc<dyn Clock>,
    state: State,
    log: Vec<Write>,
    fail_overs: u64,
    /// Draws when the replica takes over, if it does so by itself.
    chance: Option<(SeededRandom, f64)>,
    watchers: Vec<Arc<Changes>>,
}

/// What is lost with a fail-over can be told from the rest by carrying out the rest again, at the same times and with
/// the same chance.
#[derive(Debug)]
struct State {
    inner: MemoryStore,
    clock: Arc<ReplayClock>,
    history: History,
    /// The history in which the incarnation was written.
    written_in: Option<History>,
}

struct Write {
    now: Instant,
    wall: SystemTime,
    history: History,
    carry_out: Box<dyn Fn(&mut State) + Send>,
}

const BYTES: u64 = 16 * 1024 * 1024;
/// A replica that takes over by itself lags behind by fewer writes than this.
const MOST_LOST: u64 = 8;

impl ReplicatedStore {
    /// An empty server, whose replica takes over when it is [told](ReplicatedStore::fail_over).
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State::new(clock.clone(), history(0));
        let (log, watchers) = (Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(Server { clock, state, log, fail_overs: 0, chance: None, watchers })))
    }

    /// Makes the replica take over by itself before a command, with this probability.
    #[must_use]
    pub fn with_fail_overs(self, probability: f64, seed: u64) -> Self {
        self.server().chance = Some((SeededRandom::new(seed), probability));
        self
    }

    /// The replica takes over, and has not seen the last `lost` writes.
    pub fn fail_over(&self, lost: usize) {
        self.server().fail_over(lost);
    }

    /// How often the replica took over.
    #[must_use]
    pub fn fail_overs(&self) -> u64 {
        self.server().fail_overs
    }

    async fn carry<C: Command>(&self, command: C) -> Result<C::Reply, Error> {
        let mut server = self.server();
        server.take_chance();
        if C::OPERATION != Operation::Read {
            server.note(&command);
        }
        server.state.carry_out(&command)
    }

    fn watched_by(&self, changes: &Arc<Changes>) {
        let mut server = self.server();
        server.watchers.push(changes.clone());
        server.state.inner.watch(changes);
    }

    fn capability_of_answers(&self) -> Capability {
        Capability::SHARED
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

carries_commands!(ReplicatedStore);

impl Server {
    fn take_chance(&mut self) {
        let Some((random, probability)) = &self.chance else { return };
        if random.happens(*probability) {
            let lost = random.below(MOST_LOST);
            self.fail_over(usize::try_from(lost).unwrap_or(0));
        }
    }

    fn note<C: Command>(&mut self, command: &C) {
        let command = command.clone();
        self.log.push(Write {
            now: self.clock.now(),
            wall: self.clock.wall(),
            history: self.state.history,
            // What it answered was told when it was carried out first.
            carry_out: Box::new(move |state| drop(state.carry_out(&command))),
        });
    }

    fn fail_over(&mut self, lost: usize) {
        self.log.truncate(self.log.len().saturating_sub(lost));
        self.fail_overs += 1;
        let mut state = State::new(self.clock.clone(), history(0));
        for write in &self.log {
            state.clock.set(Some((write.now, write.wall)));
            state.history = write.history;
            (write.carry_out)(&mut state);
        }
        state.clock.set(None);
        state.history = history(self.fail_overs);
        self.state = state;
        // The connections to the old master ended.
        for changes in &self.watchers {
            changes.lost();
            self.state.inner.watch(changes);
        }
    }
}

impl State {
    fn new(clock: Arc<dyn Clock>, history: History) -> Self {
        let clock = Arc::new(ReplayClock { live: clock, at: Mutex::default() });
        let inner = MemoryStore::new(BYTES, clock.clone(), Arc::new(SeededRandom::new(0)));
        Self { inner, clock, history, written_in: None }
    }

    fn carry_out<C: Command>(&mut self, command: &C) -> Result<C::Reply, Error> {
        let is_current = self.written_in == Some(self.history);
        if let (false, Some(reply)) = (is_current, C::disowned()) {
            return Ok(reply);
        }
        if let (Operation::Ensure, Some(names)) = (C::OPERATION, command.about()) {
            if !is_current {
                self.now(self.inner.remove(&[names.incarnation()]))?;
            }
            self.written_in = Some(self.history);
        }
        let reply = self.now(command.send(&self.inner))?;
        Ok(C::of_history(reply, self.history, self.written_in))
    }

    fn now<T>(&self, answer: Answer<'_, T>) -> Result<T, Error> {
        let unexpected = || Error::new(ErrorKind::Unexpected, "memory did not answer at once");
        at_once(answer).ok_or_else(unexpected)?
    }
}

fn history(number: u64) -> History {
    let mut history = *b"history-00000000";
    history[8..].copy_from_slice(&number.to_be_bytes());
    History(history)
}

/// The time of a server, and, while its writes are carried out again, the time when they were first.
#[derive(Debug)]
struct ReplayClock {
    live: Arc<dyn Clock>,
    at: Mutex<Option<(Instant, SystemTime)>>,
}

impl ReplayClock {
    fn set(&self, at: Option<(Instant, SystemTime)>) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn at(&self) -> Option<(Instant, SystemTime)> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ReplayClock {
    fn now(&self) -> Instant {
        self.at().map_or_else(|| self.live.now(), |(now, _)| now)
    }

    fn wall(&self) -> SystemTime {
        self.at().map_or_else(|| self.live.wall(), |(_, wall)| wall)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.live.sleep(duration)
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write").field("now", &self.now).finish_non_exhaustive()
    }
}
