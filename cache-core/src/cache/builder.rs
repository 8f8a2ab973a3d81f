//! Building a cache from settings and components.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::cache::environment::Environment;
use crate::cache::global;
use crate::cache::handle::Cache;
use crate::cache::inner::{Inner, Remote, UnderWay};
use crate::cache::journal::{Journal, Work};
use crate::cache::known;
use crate::cache::pending::{Hook, Pending, Reports};
use crate::cache::policies::Policies;
use crate::cache::policy_settings::PolicySettings;
use crate::cache::repeat::Repeater;
use crate::cache::seeds::Seeds;
use crate::cache::settings::Settings;
use crate::cache::shares::Shares;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};
use crate::flight::Flights;
use crate::key::namespace::Namespace;
use crate::key::owners::Owners;
use crate::near::Near;
use crate::observe::{Counters, Events, Observer};
use crate::protocol::Fence;
use crate::registry;
use crate::rng::{Random, SystemRandom};
use crate::store::memory::MemoryStore;
use crate::store::{Changes, Store};
use crate::value::kind::{AnyCodec, CodecKind};

/// Builds a [`Cache`]: see [`Cache::builder`].
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// use cache_core::Cache;
///
/// let cache = Cache::builder().namespace("aura").environment("test").memory_only().build()?;
/// assert_eq!(cache.settings().namespace, "aura");
/// # Ok::<(), cache_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` or `install`"]
pub struct Builder {
    settings: Settings,
    /// What the environment sets, once it was asked.
    environment: Option<Environment>,
    url: Option<Secret<String>>,
    hash_key: Option<Secret<Vec<u8>>>,
    store: Option<Arc<dyn Store>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    codec: AnyCodec,
    on_pending: Option<Hook>,
    observer: Option<Arc<dyn Observer>>,
    exact: bool,
}

/// The binary logarithm of how many entries, and how many stamps, are told apart: those of a fleet, or those of
/// one process.
const SHARED_STRIPES: u32 = 16;
const LOCAL_STRIPES: u32 = 12;

/// What is not to be shown: it may hold a password.
struct Secret<T>(T);

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"…\"")
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings::default(),
            environment: None,
            url: None,
            hash_key: None,
            store: None,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            codec: AnyCodec::default_available(),
            on_pending: None,
            observer: None,
            exact: false,
        }
    }

    /// A builder with what the environment says: `CACHE_REDIS_URL`, else `REDIS_URL`, `CACHE_NAMESPACE`,
    /// `CACHE_ENVIRONMENT`, and what [`with_environment`](Self::with_environment) reads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if a variable can't be read.
    pub fn from_environment() -> Result<Self, Error> {
        let look_up = |name: &str| std::env::var(name).ok();
        let mut builder = Self::new();
        builder.settings = builder.settings.with_environment(look_up);
        let url = look_up("CACHE_REDIS_URL").or_else(|| look_up("REDIS_URL"));
        builder.url = url.filter(|url| !url.is_empty()).map(Secret);
        builder.with_environment()
    }

    /// Lets the environment go before what is said here: `CACHE_ENABLED`, and any field of [`PolicySettings`] for a
    /// type or a function, as in `CACHE_TYPES_MENU_TTL=30m` or `CACHE_FUNCTIONS_GET_MENU_ITEMS_ENABLED=false`. In a
    /// variable all letters of a name are upper case, and what is neither a letter nor a digit is `_`.
    ///
    /// [`install`](Self::install) does so by itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if such a variable can't be read; names it, and says what to write.
    pub fn with_environment(mut self) -> Result<Self, Error> {
        if self.environment.is_none() {
            self.environment = Some(Environment::of_process()?);
        }
        Ok(self)
    }

    /// Sets what the application is called in keys, see [`Settings::namespace`].
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.settings.namespace = namespace.into();
        self
    }

    /// Sets where the application runs, see [`Settings::environment`].
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.settings.environment = environment.into();
        self
    }

    /// Shares the cache with other processes through a server: `redis://[user][:password@]host[:port][/database]`.
    pub fn redis(mut self, url: impl Into<String>) -> Self {
        self.url = Some(Secret(url.into()));
        self
    }

    /// Says that no server is wanted: the cache is for this process alone. Production refuses to run without
    /// a server unless it was said.
    pub fn memory_only(mut self) -> Self {
        self.settings.memory_only = true;
        self.url = None;
        self
    }

    /// Sets how many bytes the cache may hold in this process, see [`Settings::memory_bytes`].
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.settings.memory_bytes = bytes;
        self
    }

    /// Sets what holds for the functions of a type, before what their code says. What was set before and is not
    /// named here stays.
    pub fn type_policy(mut self, type_name: impl Into<String>, policy: PolicySettings) -> Self {
        let set = self.settings.types.entry(type_name.into()).or_default();
        *set = policy.over(*set);
        self
    }

    /// Sets what holds for one cached function, before what is set for its type. Its name is the readable one, or its
    /// path, or an end of that: `get_menu_items`, `menu::get_menu_items`.
    pub fn function_policy(mut self, function: impl Into<String>, policy: PolicySettings) -> Self {
        let set = self.settings.functions.entry(function.into()).or_default();
        *set = policy.over(*set);
        self
    }

    /// Gives a type a share of the memory of its own, see [`PolicySettings::max_bytes`].
    pub fn max_bytes(self, type_name: impl Into<String>, bytes: u64) -> Self {
        self.type_policy(type_name, PolicySettings::new().max_bytes(bytes))
    }

    /// Sets by which part of itself each time to live is shortened at most, see [`Settings::jitter`].
    pub fn jitter(mut self, part: f64) -> Self {
        self.settings.jitter = part;
        self
    }

    /// Sets the secret with which arguments are hashed that functions declare as `hashed`. All processes of a
    /// namespace need the same. Without it they are hashed with the namespace's name, so that whoever can read keys
    /// and guess values can test a guess.
    pub fn hash_key(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.hash_key = Some(Secret(secret.as_ref().to_vec()));
        self
    }

    /// Sets how long one command to the server may take, see [`Settings::deadline`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Sets how old a value in another process may be, see [`Settings::staleness_bound`].
    pub fn staleness_bound(mut self, bound: Duration) -> Self {
        self.settings.staleness_bound = bound;
        self
    }

    /// Sets how long a write that failed or was dropped may still be applied, see [`Settings::uncertain`].
    pub fn uncertain(mut self, uncertain: Duration) -> Self {
        self.settings.uncertain = uncertain;
        self
    }

    /// Sets how many invalidations are kept while the server is away, see [`Settings::journal_targets`].
    pub fn journal_targets(mut self, targets: usize) -> Self {
        self.settings.journal_targets = targets;
        self
    }

    /// Calls this when an invalidation is not acknowledged: when the server refused it or could not be reached, or
    /// when the deadline has passed. It is called once for each target until that is acknowledged, on the cache's
    /// own thread, which it must not block. Should it panic, nothing else is affected.
    pub fn on_pending(mut self, told: impl Fn(&Pending) + Send + Sync + 'static) -> Self {
        self.on_pending = Some(Hook::new(told));
        self
    }

    /// Switches caching on or off, see [`Settings::enabled`].
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.settings.enabled = enabled;
        self
    }

    /// Chooses how values are encoded; every codec that is built in can be read whatever is chosen.
    /// Default: bincode, where its feature is on.
    pub fn codec(mut self, codec: CodecKind) -> Self {
        self.codec = codec.into();
        self
    }

    /// Replaces the server by another store, which takes its place for every process that shares it.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Replaces the system's clock, for tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the system's source of random bytes, for tests.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// Tells an observer of every event. For the testkit.
    #[doc(hidden)]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Shortens no time to live by chance, whatever functions say. For the testkit.
    #[doc(hidden)]
    pub fn exact_ttls(mut self) -> Self {
        self.exact = true;
        self
    }

    /// Builds the cache and begins to connect. It doesn't wait for the server; [`Cache::ready`] does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for settings that can't work.
    pub fn build(mut self) -> Result<Cache, Error> {
        self.settings.check()?;
        registry::announce();
        let policies = self.policies();
        let shares = Shares::of(&policies, &self.settings)?;
        let namespace = Namespace::new(&self.settings.namespace, &self.settings.environment);
        let namespace = match &self.hash_key {
            Some(secret) => namespace.with_secret(&secret.0),
            None => namespace,
        };
        let at_once = self.store.as_ref().is_some_and(|store| store.capability().at_once);
        let shared = (self.store.is_some() || self.url.is_some()) && !at_once;
        let bits = if shared { SHARED_STRIPES } else { LOCAL_STRIPES };
        let changes = Arc::new(Changes::new(namespace.prefix(), bits));
        let remote = self.remote(&namespace, &changes)?;
        if remote.is_none() {
            self.check_memory_only()?;
        }
        let (near, local) = self.settings.split_memory(remote.is_some());
        let near = Near::new(near, shares.iter());
        let memory = MemoryStore::new(local, self.clock.clone(), self.random.clone());
        let memory = Arc::new(memory);
        memory.watch(&changes);
        let fence = Arc::new(Fence::new(self.settings.journal_targets));
        let reports = Reports { clock: self.clock.clone(), hook: self.on_pending };
        let start = |remote: &Remote| {
            Journal::start(Work {
                fence: fence.clone(),
                changes: changes.clone(),
                store: remote.control.clone(),
                clock: self.clock.clone(),
                deadline: self.settings.deadline,
                reports,
            })
        };
        let journal = remote.as_ref().map(start).transpose()?;
        Ok(Cache::new(Inner {
            enabled: AtomicBool::new(self.settings.enabled),
            policies,
            namespace,
            owners: Owners::default(),
            near,
            changes,
            born: self.clock.now(),
            writer: writer(),
            local: memory.clone(),
            memory,
            remote,
            fence,
            journal,
            repeater: Repeater::new(self.settings.journal_targets),
            flights: Arc::new(Flights::default()),
            counters: Counters::default(),
            events: Events::new(self.observer),
            seeds: Seeds::default(),
            exact: self.exact,
            under_way: Arc::new(UnderWay::default()),
            started_ms: OnceLock::new(),
            warned: Mutex::new(HashSet::new()),
            settings: self.settings,
            clock: self.clock,
            random: self.random,
            codec: self.codec,
        }))
    }

    /// Builds the cache and makes it the one that all functions of the process use.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for settings that can't work, and if a cache was installed before.
    #[expect(
        clippy::unused_async,
        reason = "set-up that has to wait for something must not change its callers"
    )]
    pub async fn install(self) -> Result<Cache, Error> {
        let cache = self.with_environment()?.build()?;
        global::install(&cache)?;
        Ok(cache)
    }

    /// What is set for types and functions, here and in the environment, which may also switch everything off.
    fn policies(&mut self) -> Policies {
        let Environment { enabled, rung } = self.environment.take().unwrap_or_default();
        self.settings.enabled = enabled.unwrap_or(self.settings.enabled);
        let settings = self.settings.rung();
        known::warn_unknown(&settings);
        known::warn_unknown(&rung);
        Policies::new(settings, rung)
    }

    fn check_memory_only(&self) -> Result<(), Error> {
        if self.settings.memory_only || self.settings.environment == "development" {
            return Ok(());
        }
        if self.settings.environment == "production" {
            let message = "production without a server: give the URL of one with `redis(…)`, \
                           or say `memory_only()` if this is the only process";
            return Err(Error::new(ErrorKind::Config, message));
        }
        tracing::warn!(
            target: "cache",
            environment = self.settings.environment,
            "no server was named: every process has a cache of its own, and invalidations reach only their own"
        );
        Ok(())
    }

    fn remote(&self, namespace: &Namespace, changes: &Arc<Changes>) -> Result<Option<Remote>, Error> {
        if let Some(store) = &self.store {
            store.watch(changes);
            let (data, control) = (store.clone(), store.clone());
            return Ok(Some(Remote {
                data,
                control,
                at_once: store.capability().at_once,
                #[cfg(feature = "redis")]
                redis: None,
            }));
        }
        match &self.url {
            Some(url) => self.redis_remote(&url.0, namespace, changes).map(Some),
            None => Ok(None),
        }
    }

    #[cfg(feature = "redis")]
    fn redis_remote(
        &self,
        url: &str,
        namespace: &Namespace,
        changes: &Arc<Changes>,
    ) -> Result<Remote, Error> {
        use crate::store::redis::{Layout, RedisOptions, RedisStore};

        if CodecKind::default_available().is_none() {
            let message = "a server needs a codec: switch on the feature `bincode` of cache-core";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let options = RedisOptions::parse(url)?.deadline(self.settings.deadline);
        let layout = Layout::new(namespace, self.settings.staleness_bound);
        let (data, control) = RedisStore::pair(&options, &layout, &self.clock, &self.random, changes)?;
        let (data, control) = (Arc::new(data), Arc::new(control));
        Ok(Remote {
            data: data.clone(),
            control: control.clone(),
            at_once: false,
            redis: Some([data, control]),
        })
    }

    #[cfg(not(feature = "redis"))]
    fn redis_remote(&self, _: &str, _: &Namespace, _: &Arc<Changes>) -> Result<Remote, Error> {
        let message = "a redis URL was given, but the feature `redis` of cache-core is switched off";
        Err(Error::new(ErrorKind::Config, message))
    }
}

/// Tells this build on this machine apart from others.
fn writer() -> u64 {
    let host = std::env::var("HOSTNAME").unwrap_or_default();
    let program = std::env::current_exe().unwrap_or_default();
    twox_hash::XxHash3_64::oneshot(format!("{host}\n{}", program.display()).as_bytes())
}
