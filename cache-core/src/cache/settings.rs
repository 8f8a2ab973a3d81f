//! The settings of a cache: plain data, with defaults that suit most services.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cache::policy_settings::PolicySettings;
use crate::cache::rung::{Name, Rung};
use crate::error::{Error, ErrorKind};

/// The settings of a cache.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What the application is called in keys. Two services that share a server need two namespaces; two
    /// processes of one service need the same. Default: the executable's name.
    pub namespace: String,
    /// Where the application runs: `development`, `staging`, `production`, or what you call it. Part of every
    /// key. Default: `development`.
    pub environment: String,
    /// Whether functions are cached at all. Switched off, they run uncached, and invalidations are still sent
    /// so that other processes don't go stale. Default: true.
    pub enabled: bool,
    /// Whether a cache without a server was asked for in so many words; production wants to hear them.
    /// Default: false.
    pub memory_only: bool,
    /// How many bytes the cache may hold in this process. More saves loads, less saves memory. A value counts
    /// its encoded length; one of a function with `tiers(memory)` counts its size without what it points to.
    /// With a server, a quarter of it is for such functions, and the rest for values that lie on the server too.
    /// A value that is larger than 4 MiB may not be kept. Default: 64 MiB.
    pub memory_bytes: u64,
    /// What is set for single types, by their names. It goes before what the code says. Default: nothing.
    pub types: BTreeMap<String, PolicySettings>,
    /// What is set for single cached functions, by their names or the ends of their paths, such as `menu::get`. It
    /// goes before what is set for their types. Default: nothing.
    pub functions: BTreeMap<String, PolicySettings>,
    /// By which part of itself each time to live is shortened at most, drawn by chance, so that entries that were
    /// stored together don't expire together: 0.1 is 10 %. A function's own `jitter` goes before. Default: 0.05.
    pub jitter: f64,
    /// How long one command to the server may take. A call whose commands took that long together sends no
    /// further one, so it waits at most twice as long before it goes on without the server. A longer deadline
    /// rides out a slow server, a shorter one keeps calls fast when it is. Default: 250 ms.
    pub deadline: Duration,
    /// How old a value in another process's memory may be after an invalidation. All processes of a namespace
    /// must agree on it, which is checked when they connect. Usually a process learns of an invalidation within a
    /// millisecond; the bound holds when its connection hangs, or the process was stopped. A shorter one costs
    /// heartbeats, four in this time. Default: 2 s, at least 200 ms.
    pub staleness_bound: Duration,
    /// How long after its end a write that failed, panicked or was dropped may still be applied: at least the
    /// longest statement timeout of the database. What such a function invalidates is invalidated at once, and once
    /// more after this time. A longer one covers slower databases, a shorter one shows what they applied sooner;
    /// with zero nothing is repeated. Default: 10 s.
    pub uncertain: Duration,
    /// How many invalidations are kept while the server doesn't acknowledge them. Further ones are not lost but
    /// widened: entries to their type, then to everything. A higher number keeps more of the cache during a long
    /// outage, a lower one saves memory. Default: 10,000, at least 1.
    pub journal_targets: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            namespace: executable_name(),
            environment: "development".to_owned(),
            enabled: true,
            memory_only: false,
            memory_bytes: 64 * 1024 * 1024,
            types: BTreeMap::new(),
            functions: BTreeMap::new(),
            jitter: 0.05,
            deadline: Duration::from_millis(250),
            staleness_bound: Duration::from_secs(2),
            uncertain: Duration::from_secs(10),
            journal_targets: 10_000,
        }
    }
}

impl Settings {
    /// Takes `CACHE_NAMESPACE` and `CACHE_ENVIRONMENT` from the environment where they are set, as `look_up` finds
    /// them.
    pub(crate) fn with_environment(mut self, look_up: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| look_up(name).filter(|value| !value.is_empty());
        self.namespace = set("CACHE_NAMESPACE").unwrap_or(self.namespace);
        self.environment = set("CACHE_ENVIRONMENT").unwrap_or(self.environment);
        self
    }

    /// What is set for types and functions.
    pub(crate) fn rung(&self) -> Rung {
        let named = |(name, settings): (&String, &PolicySettings)| (Name::Exact(name.clone()), *settings);
        Rung::new(self.types.iter().map(named), self.functions.iter().map(named))
    }

    /// The bytes for values that are kept in front of a store, and those for the store in this process. In front
    /// of that one only references are kept.
    pub(crate) fn split_memory(&self, shared: bool) -> (u64, u64) {
        let local = if shared { self.memory_bytes / 4 } else { self.memory_bytes / 8 * 7 };
        (self.memory_bytes - local, local)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let config = |message: &str| Err(Error::new(ErrorKind::Config, message));
        if self.namespace.is_empty() {
            return config("the namespace is empty: give the application a name");
        }
        if self.environment.is_empty() {
            return config("the environment is empty: write for example \"production\"");
        }
        if self.staleness_bound < Duration::from_millis(200) {
            return config("staleness_bound is below 200 ms: heartbeats could not keep up");
        }
        if !(0.0..1.0).contains(&self.jitter) {
            return config("jitter is not between 0 and 1: write 0.1 to shorten times to live by up to 10 %");
        }
        for (name, settings) in &self.types {
            settings.check().map_err(|error| within("type", name, &error))?;
        }
        for (name, settings) in &self.functions {
            settings.check_function().map_err(|error| within("function", name, &error))?;
        }
        if self.journal_targets == 0 {
            return config("journal_targets is zero: an invalidation that is not acknowledged must be kept");
        }
        if self.deadline.is_zero() {
            return config("deadline is zero: no server answers in no time");
        }
        Ok(())
    }
}

fn within(what: &str, name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("{what} `{name}`: {error}"))
}

fn executable_name() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(std::path::Path::file_stem).and_then(std::ffi::OsStr::to_str);
    name.filter(|name| !name.is_empty()).unwrap_or("cache").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_the_defaults() {
        let look_up = |name: &str| match name {
            "CACHE_NAMESPACE" => Some("aura".to_owned()),
            _ => Some(String::new()),
        };
        let settings = Settings::default().with_environment(look_up);
        assert_eq!(settings.namespace, "aura");
        assert_eq!(settings.environment, "development", "an empty variable is none");
    }

    #[test]
    fn unusable_settings_are_refused() {
        let ok = Settings::default();
        let set = |policy| BTreeMap::from([("menu".to_owned(), policy)]);
        assert!(ok.check().is_ok());
        let bad = [
            Settings { namespace: String::new(), ..ok.clone() },
            Settings { environment: String::new(), ..ok.clone() },
            Settings { staleness_bound: Duration::from_millis(199), ..ok.clone() },
            Settings { journal_targets: 0, ..ok.clone() },
            Settings { deadline: Duration::ZERO, ..ok.clone() },
            Settings { types: set(PolicySettings::new().jitter(2.0)), ..ok.clone() },
            Settings { functions: set(PolicySettings::new().max_bytes(1)), ..ok },
        ];
        for settings in bad {
            assert_eq!(
                settings.check().map_err(|error| error.kind()),
                Err(ErrorKind::Config),
                "{settings:?}"
            );
        }
    }
}
