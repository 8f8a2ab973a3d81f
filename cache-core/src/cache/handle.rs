//! The handle that users hold.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::cache::builder::Builder;
use crate::cache::global;
use crate::cache::inner::Inner;
use crate::cache::known;
use crate::cache::outcome::{Done, Wait};
use crate::cache::pending::Pending;
use crate::cache::policy_settings::PolicySettings;
use crate::cache::settings::Settings;
use crate::cache::write::Guard;
use crate::clock::within;
use crate::context::{Frame, current, with_frame};
use crate::error::{Error, ErrorKind};
use crate::key::address::Key;
use crate::observe::Stats;
use crate::store::Store;
use crate::target::Target;

/// A cache. Cloning it gives another handle on the same one.
///
/// Cached functions find theirs by themselves: the one in whose [`scope`](Cache::scope) they run, else the
/// one that was [installed](Builder::install), else one built from the environment.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

/// How a cache does, see [`Cache::health`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// Everything works.
    Healthy,
    /// It works, but not as a service in production should have it; says why.
    Degraded(String),
    /// The server can't be used now, functions run uncached; says why.
    Down(String),
}

/// How long [`Cache::close`] waits at most.
const CLOSE: Duration = Duration::from_secs(5);
/// How long it pauses while the server is away.
const CLOSE_PAUSE: Duration = Duration::from_millis(50);

impl Cache {
    /// Begins to build a cache.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The cache that a cached function called here would use.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if there is none because the environment is unusable, or a test forbids it.
    pub fn current() -> Result<Self, Error> {
        global::get()
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }

    /// Runs a future in which every cached function uses this cache.
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let cache = self.clone();
        // What is around it (tenant, user, the loads above) is known where it runs, not where it is made.
        async move { with_frame(cache.frame(), future).await }
    }

    /// Runs a closure in which every cached function uses this cache.
    pub fn sync_scope<R>(&self, closure: impl FnOnce() -> R) -> R {
        crate::context::with_frame_sync(self.frame(), closure)
    }

    fn frame(&self) -> Frame {
        Frame { cache: Some(Arc::new(self.clone())), ..current() }
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Waits until the server is connected; a cache without one is ready at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] or [`ErrorKind::Config`] as soon as the server refuses the credentials or the
    /// settings. A server that is away is waited for, so give it a limit where that matters.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "without a server nothing is waited for")
    )]
    pub async fn ready(&self) -> Result<(), Error> {
        #[cfg(feature = "redis")]
        for store in self.0.remote.iter().filter_map(|remote| remote.redis.as_ref()).flatten() {
            store.ready().await?;
        }
        Ok(())
    }

    /// How it does at the moment.
    #[expect(clippy::unused_async, reason = "what has to ask the server must not change its callers")]
    pub async fn health(&self) -> Health {
        #[cfg(feature = "redis")]
        for store in self.0.remote.iter().filter_map(|remote| remote.redis.as_ref()).flatten() {
            if let Some(trouble) = store.trouble() {
                return Health::Down(trouble.to_string());
            }
        }
        if self.0.remote.is_none() && self.0.settings.environment != "development" {
            return Health::Degraded("there is no server: invalidations reach only this process".to_owned());
        }
        match self.0.fence.len() {
            0 => Health::Healthy,
            pending => Health::Degraded(format!("{pending} invalidations are not acknowledged yet")),
        }
    }

    /// What it counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.counters.snapshot()
    }

    /// Switches caching on or off. Switched off, functions run uncached, and invalidations are still sent.
    pub fn set_enabled(&self, enabled: bool) {
        self.0.enabled.store(enabled, Ordering::Relaxed);
    }

    /// Sets what holds for the functions of a type from their next call on. It goes before everything that the code,
    /// the settings and the environment say, and takes the place of what was set here before:
    /// `PolicySettings::new()` takes it back.
    ///
    /// What is stored already keeps the time to live that it was stored with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a value that can't work, and for a type that this program doesn't know; says the
    /// nearest that it knows.
    ///
    /// ```
    /// # let cache = cache_core::Cache::builder().memory_only().build()?;
    /// # #[cache_core::cached(type = "menu")] fn menu() -> u8 { 1 }
    /// use cache_core::{PolicySettings, Ttl};
    /// cache.set_policy("menu", PolicySettings::new().ttl(Ttl::MINUTE).stale_if_error(Ttl::HOUR.as_duration()))?;
    ///
    /// let error = cache.set_policy("menus", PolicySettings::new()).unwrap_err();
    /// assert_eq!(error.to_string(), "this program has no type `menus`; did you mean `menu`?");
    /// # Ok::<(), cache_core::Error>(())
    /// ```
    pub fn set_policy(&self, type_name: &str, policy: PolicySettings) -> Result<(), Error> {
        policy.check()?;
        let inner = &*self.0;
        let (stats, settings) = (self.stats(), &inner.settings.types);
        let met = stats.iter().map(|(name, _)| name).chain(settings.keys().map(String::as_str));
        known::check_type(type_name, met)?;
        inner.set_policy(type_name, policy)
    }

    /// The same for one cached function, by its readable name, its path, or an end of its path; it goes before what
    /// is set for its type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a value that can't work, `max_bytes` included, and for a function that this program
    /// doesn't know.
    pub fn set_function_policy(&self, function: &str, policy: PolicySettings) -> Result<(), Error> {
        policy.check_function()?;
        known::check_function(function)?;
        self.0.policies.change(|running| running.set_function(function, policy));
        self.0.forget_kept();
        Ok(())
    }

    /// Invalidates by hand. From its return on, this process serves nothing older, acknowledged or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the server did not acknowledge it within the deadline. It is repeated until
    /// it has.
    ///
    /// ```
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// # let cache = cache_core::Cache::builder().memory_only().build()?;
    /// use cache_core::Target;
    /// cache.invalidate(Target::of("menu").tenant("t1")).await?;
    /// # Ok::<(), cache_core::Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn invalidate(&self, target: impl Into<Target>) -> Result<(), Error> {
        let guard = Guard::arm(self.0.clone(), vec![target.into()]);
        match guard.finish(Done::Certain) {
            Some(written) => written.waited(Wait::Ack).await,
            None => Ok(()),
        }
    }

    /// The invalidations that the server has not acknowledged, the oldest first. They are repeated until it has;
    /// meanwhile this process neither reads nor stores what they hit.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending> {
        let pending = self.0.fence.unacknowledged().into_iter();
        pending.map(|target| Pending::new(&target, &*self.0.clock)).collect()
    }

    /// Carries out what has to be invalidated once more by now, and what is pending if the store answers at once.
    /// The cache does so by itself on a thread of its own; a test that turns the clock can't wait for that.
    #[doc(hidden)]
    pub fn repeat_due(&self) {
        self.0.repeat_due();
        if self.0.is_answered_at_once() && self.0.fence.len() > 0 {
            self.0.acknowledge_all();
        }
    }

    /// Puts a value in place for the call with this key, in a store that answers at once: the next one is a hit. For
    /// the testkit.
    #[doc(hidden)]
    pub fn seed<T: Send + Sync + 'static>(&self, key: &Key, value: T, store: Arc<dyn Store>) {
        self.0.seed(key, Arc::new(value), std::any::type_name::<T>(), store);
    }

    /// Waits until everything that was handed to the server is answered: stores, and invalidations that are
    /// pending. At most 5 s. The cache stays usable.
    ///
    /// What would be invalidated once more later (see [`Settings::uncertain`]) is so now, in case the process ends;
    /// and again in its time, if it doesn't.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if something is still not answered.
    pub async fn close(&self) -> Result<(), Error> {
        self.0.repeat_early();
        let drained = async {
            if let Some(journal) = &self.0.journal {
                let number = self.0.fence.raise([], self.0.clock.now());
                while journal.acknowledge(number).await.is_err() {
                    if self.0.is_answered_at_once() {
                        // Asked again at once it would answer the same.
                        return false;
                    }
                    self.0.clock.sleep(CLOSE_PAUSE).await;
                }
            }
            self.0.under_way.none().await;
            true
        };
        let timer = self.0.clock.sleep(CLOSE);
        if within(timer, drained).await == Some(true) {
            return Ok(());
        }
        let pending = self.0.fence.len();
        let message = format!("the server has not answered everything; {pending} invalidations are pending");
        Err(Error::new(ErrorKind::Pending, message))
    }

    /// From now on no cache is built from the environment in this process. For the testkit.
    #[doc(hidden)]
    pub fn forbid_default() {
        global::forbid_default();
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What can be said behind `cache = …`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no cache",
    label = "this has to be a `Cache`",
    note = "write an expression that gives a `Cache`, a reference or an `Arc` of one, as in `cache = self.cache`"
)]
pub trait AsCache {
    /// The cache.
    fn as_cache(&self) -> &Cache;
}

impl AsCache for Cache {
    fn as_cache(&self) -> &Cache {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<C: AsCache + ?Sized> AsCache for &C {
    fn as_cache(&self) -> &Cache {
        (**self).as_cache()
    }
}

#[diagnostic::do_not_recommend]
impl<C: AsCache + ?Sized> AsCache for Arc<C> {
    fn as_cache(&self) -> &Cache {
        (**self).as_cache()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_small_to_clone_and_travels_between_threads() {
        fn travels<T: Clone + Send + Sync + 'static>() {}
        travels::<Cache>();
        assert_eq!(size_of::<Cache>(), size_of::<usize>());
    }
}
