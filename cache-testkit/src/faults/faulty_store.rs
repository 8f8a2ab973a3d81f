//! A store whose commands meet faults.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Snapshot,
    Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Error, ErrorKind};
use tokio::sync::watch;

use crate::command::{
    Acquire, Command, Ensure, Put, Read, Remove, Renew, StoreValue, carries_commands, readable,
};
use crate::faults::fate::{Fate, Fault};
use crate::faults::late::Late;
use crate::faults::settings::{Faults, VARIABLE};
use crate::seeded_random::SeededRandom;

/// A store whose commands meet faults that follow from a seed.
///
/// Clones are the same store. Keep one in the test: when it is dropped by a panic it says which seed it was, and
/// what happened last. A run that sends the same commands in the same order meets the same faults.
///
/// ```
/// use std::sync::Arc;
///
/// use cache_core::Cache;
/// use cache_core::rng::SystemRandom;
/// use cache_core::store::memory::MemoryStore;
/// use cache_testkit::{Faults, FaultyStore, VirtualClock};
///
/// let clock = Arc::new(VirtualClock::new());
/// let server = Arc::new(MemoryStore::new(1 << 20, clock.clone(), Arc::new(SystemRandom)));
/// let faults = Faults::all(Faults::seed_from_environment());
/// let store = FaultyStore::new(server, clock.clone(), faults);
/// let cache = Cache::builder().namespace("aura").store(Arc::new(store.clone())).clock(clock).build()?;
/// # drop(cache);
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FaultyStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inner: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    faults: Faults,
    random: SeededRandom,
    memory: Mutex<Memory>,
    late: Late,
    /// Counts the connections that broke.
    breaks: watch::Sender<u64>,
    reported: AtomicBool,
}

#[derive(Debug, Default)]
struct Memory {
    out: bool,
    commands: u64,
    seen: BTreeSet<String>,
    trail: Vec<String>,
}

/// This many of the last faults are reported.
const REPORTED: usize = 20;

impl FaultyStore {
    /// Puts faults in front of a store.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, clock: Arc<dyn Clock>, faults: Faults) -> Self {
        Self(Arc::new(Shared {
            inner,
            clock,
            faults,
            random: SeededRandom::new(faults.seed),
            memory: Mutex::default(),
            late: Late::default(),
            breaks: watch::Sender::new(0),
            reported: AtomicBool::new(false),
        }))
    }

    /// Makes the store unreachable: every command fails at once, those that are under way too.
    pub fn outage(&self) {
        self.0.memory().out = true;
        self.0.break_connection();
    }

    /// Makes it reachable again.
    pub fn recover(&self) {
        self.0.memory().out = false;
    }

    /// The faults so far, one line each: the command's number, what it asked, and what became of it.
    #[must_use]
    pub fn trail(&self) -> Vec<String> {
        self.0.memory().trail.clone()
    }

    /// What a failed test says of it: the seed, how to replay it, and the last faults.
    #[must_use]
    pub fn report(&self) -> String {
        let (seed, memory) = (self.0.faults.seed, self.0.memory());
        let first = memory.trail.len().saturating_sub(REPORTED);
        let last = memory.trail[first..].iter().map(|line| format!("\n  {line}")).collect::<String>();
        format!(
            "faults of seed {seed} ({VARIABLE}={seed} replays them); the last of {}:{last}",
            memory.trail.len()
        )
    }

    fn watched_by(&self, changes: &Arc<Changes>) {
        self.0.inner.watch(changes);
    }

    /// Answers may take their time, whatever the store behind it does.
    fn capability_of_answers(&self) -> Capability {
        Capability::SHARED
    }

    async fn carry<C: Command>(&self, command: C) -> Result<C::Reply, Error> {
        self.0.carry(command).await
    }
}

carries_commands!(FaultyStore);

impl Shared {
    async fn carry<C: Command>(&self, command: C) -> Result<C::Reply, Error> {
        let mut breaks = self.breaks.subscribe();
        let (fate, evicted) = self.begin(&command)?;
        if let Some(name) = evicted {
            self.inner.remove(&[&name]).await?;
        }
        let broken = async {
            // The sender is this store's own.
            let _ = breaks.changed().await;
            Err(unavailable())
        };
        tokio::select! {
            biased;
            answer = self.meet(command, fate) => answer,
            broken = broken => broken,
        }
    }

    /// Draws what becomes of a command, and writes it down.
    fn begin<C: Command>(&self, command: &C) -> Result<(Fate, Option<String>), Error> {
        let mut memory = self.memory();
        memory.commands += 1;
        if memory.out {
            return Err(unavailable());
        }
        let mut fate = Fate::draw(&self.faults, &self.random);
        let evicted = fate.eviction.and_then(|number| memory.choose(number));
        if let Some(name) = &evicted {
            memory.note(command, &format!("{} is evicted before", readable(name)));
        }
        if let Some(Fault::Partial(number)) = fate.fault
            && command.part(number).is_none()
        {
            fate.fault = None;
        }
        if let Some(fault) = fate.fault {
            memory.note(command, &format!("{fault:?}"));
        }
        if fate.early_expiry.is_some_and(|part| command.shortened(part).is_some()) {
            memory.note(command, "what it writes expires early");
        }
        if let Some(names) = command.about() {
            memory.see(names);
        }
        Ok((fate, evicted))
    }

    async fn meet<C: Command>(&self, command: C, fate: Fate) -> Result<C::Reply, Error> {
        self.clock.sleep(fate.before).await;
        match fate.fault {
            Some(Fault::LostRequest) => return self.wait_in_vain().await,
            Some(Fault::Late(by)) => {
                self.late.send(command, self.clock.now() + by);
                return self.wait_in_vain().await;
            }
            Some(Fault::Reset { carried_out: false }) => {
                self.break_connection();
                return Err(unavailable());
            }
            _ => {}
        }
        self.late.arrive(&self.inner, self.clock.now()).await;
        if let Some(Fault::Partial(number)) = fate.fault
            && let Some(part) = command.part(number)
        {
            part.send(&*self.inner).await?;
            self.break_connection();
            return Err(unavailable());
        }
        let shortened = fate.early_expiry.and_then(|part| command.shortened(part));
        let reply = shortened.as_ref().unwrap_or(&command).send(&*self.inner).await;
        match fate.fault {
            Some(Fault::LostReply) => return self.wait_in_vain().await,
            Some(Fault::Reset { .. }) => {
                self.break_connection();
                return Err(unavailable());
            }
            _ => {}
        }
        self.clock.sleep(fate.after).await;
        reply
    }

    async fn wait_in_vain<T>(&self) -> Result<T, Error> {
        self.clock.sleep(self.faults.patience).await;
        Err(Error::new(ErrorKind::Timeout, "no answer: a fault of the test"))
    }

    fn break_connection(&self) {
        self.breaks.send_modify(|count| *count += 1);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable() -> Error {
    Error::new(ErrorKind::Unavailable, "the connection broke: a fault of the test")
}

impl Memory {
    fn see(&mut self, names: &Names) {
        let own = [names.entry(), names.lease(), names.incarnation()];
        for name in own.into_iter().chain(names.stamps()) {
            if !self.seen.contains(name) {
                self.seen.insert(name.to_owned());
            }
        }
    }

    /// One of the names that have been seen.
    fn choose(&self, number: u64) -> Option<String> {
        let count = u64::try_from(self.seen.len()).ok().filter(|count| *count > 0)?;
        self.seen.iter().nth(usize::try_from(number % count).ok()?).cloned()
    }

    fn note<C: Command>(&mut self, command: &C, what: &str) {
        self.trail.push(format!("{}: {}: {what}", self.commands, command.asks()));
    }
}

impl Drop for FaultyStore {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.0.reported.swap(true, Ordering::Relaxed) {
            eprintln!("{}", self.report());
        }
    }
}
