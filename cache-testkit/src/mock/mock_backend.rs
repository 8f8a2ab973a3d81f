//! The store itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Snapshot,
    Store, StoreReply, StoreRequest, Token, Tracker,
};
use cache_core::{Error, ErrorKind, Settings};

use crate::at_once::at_once;
use crate::command::{
    Acquire, Command, Ensure, Operation, Put, Read, Remove, Renew, StoreValue, carries_commands, is_valid,
};
use crate::mock::call::{Call, MockEntry};
use crate::mock::expectation::{Expectation, Then};
use crate::seeded_random::SeededRandom;

/// A server in the test's own process, which a test can look into, and which does what it is told.
///
/// It behaves as a shared store does: values are encoded, for which a codec has to be built in, and several caches
/// can share one. Clones are the same backend.
///
/// ```
/// use std::sync::Arc;
///
/// use cache_core::{Cache, cached};
/// use cache_testkit::{MockBackend, VirtualClock};
///
/// #[cached(type = "menu")]
/// async fn menu(restaurant: u64) -> u64 {
///     restaurant + 1
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let clock = Arc::new(VirtualClock::new());
/// let backend = MockBackend::new(clock.clone());
/// let cache = Cache::builder().namespace("aura").store(Arc::new(backend.clone())).clock(clock).build()?;
/// cache.scope(menu(7)).await;
/// cache.close().await?;
/// assert_eq!(
///     backend.calls(),
///     [
///         "read -:menu:-:menu:restaurant=7: nothing",
///         "acquire -:menu:-:menu:restaurant=7: disowned",
///         "ensure: done",
///         "read -:menu:-:menu:restaurant=7: nothing",
///         "acquire -:menu:-:menu:restaurant=7: granted",
///         "store -:menu:-:menu:restaurant=7: stored",
///     ]
/// );
/// assert_eq!(backend.entries().len(), 1);
/// # Ok::<(), cache_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MockBackend(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inner: MemoryStore,
    clock: Arc<dyn Clock>,
    capability: Capability,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    out: bool,
    calls: Vec<Call>,
    expected: Vec<Expectation>,
    stored: BTreeMap<String, Names>,
    /// Leases that were given back while nobody could be told.
    given_back: Vec<Renew>,
    /// The caches that keep values of it.
    watchers: Vec<Arc<Changes>>,
    /// For how long after an answer a cache can trust that it was told of every change.
    bound: Option<Duration>,
}

/// More than a test stores.
const BYTES: u64 = 64 * 1024 * 1024;

impl MockBackend {
    /// An empty backend, whose time is that of a clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_capability(clock, Capability::SHARED)
    }

    /// One whose cache does everything in the caller's own thread, so that nothing is left to wait for.
    pub(crate) fn at_once(clock: Arc<dyn Clock>) -> Self {
        Self::with_capability(clock, Capability::AT_ONCE)
    }

    fn with_capability(clock: Arc<dyn Clock>, capability: Capability) -> Self {
        let inner = MemoryStore::new(BYTES, clock.clone(), Arc::new(SeededRandom::new(0)));
        Self(Arc::new(Shared { inner, clock, capability, memory: Mutex::default() }))
    }

    /// The commands so far, in the order in which they were answered.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.memory().calls.clone()
    }

    /// Forgets the commands so far.
    pub fn forget_calls(&self) {
        self.memory().calls.clear();
    }

    /// How many commands of a kind were answered so far.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.memory().calls.iter().filter(|call| call.operation == operation).count()
    }

    /// The entries that it holds, in the order of their names.
    #[must_use]
    pub fn entries(&self) -> Vec<MockEntry> {
        let stored: Vec<Names> = self.memory().stored.values().cloned().collect();
        stored.into_iter().filter_map(|names| self.entry(names)).collect()
    }

    fn entry(&self, names: Names) -> Option<MockEntry> {
        let name = names.entry().to_owned();
        let read = Read { names, what: ::cache_core::store::Read::default() };
        let seen = at_once(read.send(&self.0.inner))?.ok()?;
        let bytes = seen.entry.as_ref()?.body.weight();
        Some(MockEntry { name, bytes, valid: is_valid(&seen) })
    }

    /// Expects a command. Expectations of one kind are met in their order; commands that nobody expected are
    /// answered as always.
    pub fn expect(&self, expectation: Expectation) {
        self.memory().expected.push(expectation);
    }

    /// Asserts that everything that was expected was asked.
    ///
    /// # Panics
    ///
    /// If something was not.
    #[track_caller]
    pub fn assert_asked(&self) {
        let memory = self.memory();
        assert!(
            memory.expected.is_empty(),
            "expected and never asked: {:?}\nasked: {:#?}",
            memory.expected,
            memory.calls
        );
    }

    /// Makes it unreachable: every command fails, and no value that was read before may be served any more, since
    /// nobody would tell if it changed.
    pub fn outage(&self) {
        let mut memory = self.memory();
        memory.out = true;
        for changes in &memory.watchers {
            changes.end(Tracker::Calls);
            changes.lost();
        }
    }

    /// Makes it reachable again. A lease whose holder gave it back meanwhile has ended.
    pub fn recover(&self) {
        let given_back = {
            let mut memory = self.memory();
            memory.out = false;
            std::mem::take(&mut memory.given_back)
        };
        for renew in given_back {
            at_once(renew.send(self.inner()));
        }
    }

    /// Answers a heartbeat, as caches in front of a server send them, if it is reachable.
    pub(crate) fn beat(&self) {
        let (memory, now) = (self.memory(), self.0.clock.now());
        if !memory.out {
            let bound = memory.bound.unwrap_or(Settings::default().staleness_bound);
            memory.watchers.iter().for_each(|changes| changes.extend(Tracker::Calls, now, bound));
        }
    }

    /// Says for how long after an answer a cache can trust that it was told of every change.
    pub(crate) fn set_bound(&self, bound: Duration) {
        self.memory().bound = Some(bound);
    }

    /// The same backend, for what a test puts in place: nobody expects that, and it is not among the calls.
    pub(crate) fn unrecorded(&self) -> impl Store {
        Unrecorded(self.clone())
    }

    async fn carry<C: Command>(&self, command: C) -> Result<C::Reply, Error> {
        let answer = match self.next(C::OPERATION) {
            Then::Answer => command.send(&self.0.inner).await,
            Then::Fail(kind) => Err(Error::new(kind, "refused by the test's backend")),
            Then::LoseReply => {
                drop(command.send(&self.0.inner).await);
                Err(Error::new(ErrorKind::Timeout, "the test's backend lost the reply"))
            }
        };
        self.record(&command, &answer);
        if answer.is_ok() {
            self.beat();
        }
        answer.map(C::tracked)
    }

    /// What happens to a command of this kind.
    fn next(&self, operation: Operation) -> Then {
        let mut memory = self.memory();
        if memory.out {
            return Then::Fail(ErrorKind::Unavailable);
        }
        let Some(at) = memory.expected.iter().position(|expected| expected.operation == operation) else {
            return Then::Answer;
        };
        let expected = &mut memory.expected[at];
        let then = expected.then;
        expected.times = expected.times.saturating_sub(1);
        if expected.times == 0 {
            let _ = memory.expected.remove(at);
        }
        then
    }

    fn record<C: Command>(&self, command: &C, answer: &Result<C::Reply, Error>) {
        if answer.is_err() {
            self.memory().given_back.extend(command.gives_back());
        }
        let told = match answer {
            Ok(reply) => command.told(reply).to_owned(),
            Err(error) => format!("{:?}", error.kind()).to_lowercase(),
        };
        let text = format!("{}: {told}", command.asks());
        let mut memory = self.memory();
        memory.calls.push(Call { operation: C::OPERATION, text });
        memory.see(command);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// Remembers where an entry may lie now.
    fn see<C: Command>(&mut self, command: &C) {
        if let (Operation::Store | Operation::Put, Some(names)) = (C::OPERATION, command.about()) {
            self.stored.insert(names.entry().to_owned(), names.clone());
        }
    }
}

impl MockBackend {
    fn inner(&self) -> &dyn Store {
        &self.0.inner
    }

    fn watched_by(&self, changes: &Arc<Changes>) {
        self.memory().watchers.push(changes.clone());
        self.0.inner.watch(changes);
    }

    fn capability_of_answers(&self) -> Capability {
        self.0.capability
    }
}

carries_commands!(MockBackend);

#[derive(Debug)]
struct Unrecorded(MockBackend);

impl Unrecorded {
    async fn carry<C: Command>(&self, command: C) -> Result<C::Reply, Error> {
        if self.0.memory().out {
            return Err(Error::new(ErrorKind::Unavailable, "the test's backend is out"));
        }
        self.0.memory().see(&command);
        command.send(self.0.inner()).await
    }

    fn watched_by(&self, changes: &Arc<Changes>) {
        self.0.watched_by(changes);
    }

    fn capability_of_answers(&self) -> Capability {
        self.0.capability_of_answers()
    }
}

carries_commands!(Unrecorded);
