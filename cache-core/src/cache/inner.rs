//! The parts of a cache, assembled.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::cache::journal::Journal;
use crate::cache::policies::Policies;
use crate::cache::policy_settings::PolicySettings;
use crate::cache::repeat::Repeater;
use crate::cache::seeds::Seeds;
use crate::cache::settings::Settings;
use crate::cache::shares::Shares;
use crate::clock::Clock;
use crate::error::Error;
use crate::flight::Flights;
use crate::key::namespace::Namespace;
use crate::key::owners::Owners;
use crate::near::Near;
use crate::observe::{Counters, Events};
use crate::protocol::Fence;
use crate::rng::Random;
use crate::store::memory::MemoryStore;
#[cfg(feature = "redis")]
use crate::store::redis::RedisStore;
use crate::store::{Changes, Store};
use crate::value::envelope::ServerTime;
use crate::value::kind::AnyCodec;

/// A cache, as all its handles share it.
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) enabled: AtomicBool,
    /// What is set for types and functions.
    pub(crate) policies: Policies,
    pub(crate) namespace: Namespace,
    pub(crate) owners: Owners,
    /// The values that are kept in this process.
    pub(crate) near: Near,
    /// What was changed, as far as this process was told.
    pub(crate) changes: Arc<Changes>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) codec: AnyCodec,
    /// The store in this process.
    pub(crate) local: Arc<dyn Store>,
    /// The same, as what it is.
    pub(crate) memory: Arc<MemoryStore>,
    /// The store that is shared with other processes.
    pub(crate) remote: Option<Remote>,
    pub(crate) fence: Arc<Fence>,
    pub(crate) journal: Option<Journal>,
    pub(crate) repeater: Repeater,
    pub(crate) flights: Arc<Flights>,
    pub(crate) counters: Counters,
    pub(crate) events: Events,
    /// What a test has put in place.
    pub(crate) seeds: Seeds,
    /// Whether times to live are as they were declared, and never shortened by chance: so that a test can tell them.
    pub(crate) exact: bool,
    /// Stores and removals that were handed over and are not answered.
    pub(crate) under_way: Arc<UnderWay>,
    /// Tells this build on this machine apart from others, in the envelopes that it writes.
    pub(crate) writer: u64,
    pub(crate) born: Instant,
    /// When this process started, by the store's clock.
    pub(crate) started_ms: OnceLock<u64>,
    pub(crate) warned: Mutex<HashSet<&'static str>>,
}

/// A shared store, twice: for calls, and for what must get through whatever callers do.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) data: Arc<dyn Store>,
    pub(crate) control: Arc<dyn Store>,
    /// Whether its answers are ready at once.
    pub(crate) at_once: bool,
    #[cfg(feature = "redis")]
    pub(crate) redis: Option<[Arc<RedisStore>; 2]>,
}

impl Inner {
    /// Learns when this process started by the store's clock, from the first answer that tells the time.
    pub(crate) fn learn_start(&self, now: ServerTime) {
        self.started_ms.get_or_init(|| {
            let uptime = self.clock.now().saturating_duration_since(self.born);
            now.as_millis().saturating_sub(u64::try_from(uptime.as_millis()).unwrap_or(u64::MAX))
        });
    }

    /// Whether this process started before another one did.
    pub(crate) fn started_before(&self, other_ms: u64) -> bool {
        self.started_ms.get().is_some_and(|mine| *mine < other_ms)
    }

    /// Whether answers are ready at once, of whichever store.
    pub(crate) fn is_answered_at_once(&self) -> bool {
        self.remote.as_ref().is_none_or(|remote| remote.at_once)
    }

    #[inline]
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }

    /// Sets what holds for a type from now on.
    pub(crate) fn set_policy(&self, type_name: &str, policy: PolicySettings) -> Result<(), Error> {
        if let Some(share) = policy.max_bytes {
            Shares::of(&self.policies, &self.settings)?.with(type_name, share, &self.settings)?;
        }
        let before = self.policies.of_type(type_name);
        self.policies.change(|running| running.set_type(type_name, policy));
        self.forget_kept();
        let after = self.policies.of_type(type_name);
        if before.max_bytes != after.max_bytes {
            self.near.set_share(type_name, after.max_bytes);
        }
        Ok(())
    }

    /// Ends what is kept in the process: what it depends on may lie elsewhere from now on.
    pub(crate) fn forget_kept(&self) {
        self.changes.lost();
    }

    /// Warns once per type that its values can't be stored.
    pub(crate) fn warn_once(&self, error: &Error, type_name: &'static str, key: &str) {
        if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(type_name) {
            tracing::warn!(target: "cache", %error, r#type = type_name, key, "a value can't be stored");
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("settings", &self.settings)
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

/// Counts what was handed over to a store and is not answered yet.
#[derive(Debug)]
pub(crate) struct UnderWay {
    count: AtomicU64,
    changed: watch::Sender<()>,
}

/// One thing that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket(Arc<UnderWay>);

impl Default for UnderWay {
    fn default() -> Self {
        Self { count: AtomicU64::new(0), changed: watch::Sender::new(()) }
    }
}

impl UnderWay {
    pub(crate) fn begin(self: &Arc<Self>) -> Ticket {
        self.count.fetch_add(1, Ordering::AcqRel);
        Ticket(self.clone())
    }

    /// Waits until nothing is under way.
    pub(crate) async fn none(&self) {
        let mut changes = self.changed.subscribe();
        while self.count.load(Ordering::Acquire) > 0 {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.send_replace(());
    }
}
