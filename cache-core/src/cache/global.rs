//! The cache that functions use unless they are told otherwise.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use arc_swap::ArcSwapOption;

use crate::cache::builder::Builder;
use crate::cache::handle::Cache;
use crate::cache::inner::Inner;
use crate::context::{self, Frame};
use crate::error::{Error, ErrorKind};

static GLOBAL: RwLock<Global> = RwLock::new(Global::Unset);
/// Set once a test cache was made: then nothing reaches a real cache by accident.
static UNDER_TEST: AtomicBool = AtomicBool::new(false);

/// The process-wide cache once it is decided, for calls that must not wait for each other.
static DECIDED: ArcSwapOption<Inner> = ArcSwapOption::const_empty();

enum Global {
    /// Nobody has asked for it yet.
    Unset,
    /// Built from the environment at the first cached call.
    Default(Cache),
    /// Chosen by the program.
    Installed(Cache),
    /// The environment is unusable; functions run uncached.
    Unusable(Arc<Error>),
}

/// Looks at the cache of a frame without copying the handle; `None` where there is none, or where it is not known
/// yet.
#[inline]
pub(crate) fn look<R>(frame: &Frame, look: impl FnOnce(&Arc<Inner>) -> Option<R>) -> Option<R> {
    match frame.cache.as_ref().and_then(|scoped| scoped.downcast_ref::<Cache>()) {
        Some(cache) => look(cache.inner()),
        None => look(DECIDED.load().as_ref()?),
    }
}

/// The cache of the current task: the one of its scope, else the process-wide one, else one built from the
/// environment. `None` where none can be had.
pub(crate) fn current() -> Option<Cache> {
    let scoped = |frame: &Frame| frame.cache.as_ref()?.downcast_ref::<Cache>().cloned();
    if let Some(cache) = context::with_current(scoped) {
        return Some(cache);
    }
    if UNDER_TEST.load(Ordering::Acquire) {
        return None;
    }
    known().unwrap_or_else(build_default)
}

/// The process-wide cache, if it is decided.
fn known() -> Option<Option<Cache>> {
    match &*GLOBAL.read().unwrap_or_else(PoisonError::into_inner) {
        Global::Default(cache) | Global::Installed(cache) => Some(Some(cache.clone())),
        Global::Unusable(_) => Some(None),
        Global::Unset => None,
    }
}

fn build_default() -> Option<Cache> {
    let mut global = GLOBAL.write().unwrap_or_else(PoisonError::into_inner);
    if UNDER_TEST.load(Ordering::Acquire) {
        return None;
    }
    if let Global::Unset = *global {
        *global = match Builder::from_environment().and_then(Builder::build) {
            Ok(cache) => {
                DECIDED.store(Some(cache.inner().clone()));
                Global::Default(cache)
            }
            Err(error) => {
                // Also where nobody listens to events: without a cache invalidations are not sent either, and
                // other processes go stale.
                eprintln!(
                    "cache: no cache can be built from the environment, functions run uncached: {error}"
                );
                tracing::error!(target: "cache", %error, "no cache can be built from the environment");
                Global::Unusable(Arc::new(error))
            }
        };
    }
    match &*global {
        Global::Default(cache) | Global::Installed(cache) => Some(cache.clone()),
        Global::Unset | Global::Unusable(_) => None,
    }
}

/// The process-wide cache, or why there is none.
pub(crate) fn get() -> Result<Cache, Error> {
    if let Some(cache) = current() {
        return Ok(cache);
    }
    match &*GLOBAL.read().unwrap_or_else(PoisonError::into_inner) {
        Global::Unusable(error) => {
            Err(Error::new(error.kind(), error.to_string()).with_source(error.clone()))
        }
        _ => {
            Err(Error::new(ErrorKind::Config, "a test cache was made in this process: run inside its scope"))
        }
    }
}

/// Makes a cache the process-wide one.
pub(crate) fn install(cache: &Cache) -> Result<(), Error> {
    let mut global = GLOBAL.write().unwrap_or_else(PoisonError::into_inner);
    match &*global {
        Global::Installed(_) => {
            return Err(Error::new(
                ErrorKind::Config,
                "a cache is installed already: call `install` once, or `build` and hand the cache on with `cache = …`",
            ));
        }
        Global::Default(_) => tracing::warn!(
            target: "cache",
            "a cached function was called before the cache was installed, and used one built from the environment"
        ),
        Global::Unset | Global::Unusable(_) => {}
    }
    *global = Global::Installed(cache.clone());
    if UNDER_TEST.load(Ordering::Acquire) {
        tracing::warn!(
            target: "cache",
            "a cache was installed in a process of tests: functions use it only where it is named"
        );
    } else {
        DECIDED.store(Some(cache.inner().clone()));
    }
    Ok(())
}

/// From now on functions use no cache but that of a scope, or one that is named: neither one that is built from the
/// environment, nor one that was installed.
pub(crate) fn forbid_default() {
    if UNDER_TEST.load(Ordering::Acquire) {
        return;
    }
    // Whoever decides over the process-wide cache has decided, or sees that there is none.
    let _global = GLOBAL.write().unwrap_or_else(PoisonError::into_inner);
    UNDER_TEST.store(true, Ordering::Release);
    DECIDED.store(None);
}

/// Says, once for each function, that it was called outside of the scope of a test's cache.
pub(crate) fn say_outside(function: impl FnOnce() -> String, what: &str) {
    static SAID: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    if !UNDER_TEST.load(Ordering::Acquire) {
        return;
    }
    let message = format!(
        "{} was called outside of the scope of a test's cache and {what}: run it in the cache's `run`, \
         and hand the context on to tasks that it spawns with `in_current_context()`",
        function()
    );
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.get_or_insert_default().insert(message.clone()) {
        // Also where nobody listens to events, as in most tests.
        eprintln!("cache: {message}");
        tracing::warn!(target: "cache", "{message}");
    }
}
