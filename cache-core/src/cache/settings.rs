//! The settings of a cache: plain data, with defaults that suit most services.

use std::collections::BTreeMap;
use std::time::Duration;

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
    /// What is set for single types, by their names.
    pub types: BTreeMap<String, TypeSettings>,
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

/// What is set for one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeSettings {
    /// How many bytes of [`Settings::memory_bytes`] its values have for themselves: others can't take them, and it
    /// can't have more. It is about values that lie on the server too. Default: none, it shares with all others.
    pub max_bytes: Option<u64>,
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
            jitter: 0.05,
            deadline: Duration::from_millis(250),
            staleness_bound: Duration::from_secs(2),
            uncertain: Duration::from_secs(10),
            journal_targets: 10_000,
        }
    }
}

impl Settings {
    /// Takes `CACHE_NAMESPACE`, `CACHE_ENVIRONMENT` and `CACHE_ENABLED` from the environment where they are
    /// set, as `look_up` finds them.
    pub(crate) fn with_environment(
        mut self,
        look_up: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let set = |name: &str| look_up(name).filter(|value| !value.is_empty());
        self.namespace = set("CACHE_NAMESPACE").unwrap_or(self.namespace);
        self.environment = set("CACHE_ENVIRONMENT").unwrap_or(self.environment);
        if let Some(enabled) = set("CACHE_ENABLED") {
            self.enabled = truth(&enabled).ok_or_else(|| {
                let message = format!("CACHE_ENABLED is {enabled:?}: write true or false");
                Error::new(ErrorKind::Config, message)
            })?;
        }
        Ok(self)
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
        if self.types.values().filter_map(|settings| settings.max_bytes).sum::<u64>() > self.memory_bytes {
            return config("the types' max_bytes are more than memory_bytes together");
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

/// The usual ways to write a truth value.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
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
            "CACHE_ENABLED" => Some("false".to_owned()),
            _ => Some(String::new()),
        };
        let settings = Settings::default().with_environment(look_up).expect("it is in order");
        assert_eq!((settings.namespace.as_str(), settings.enabled), ("aura", false));
        assert_eq!(settings.environment, "development", "an empty variable is none");
    }

    #[test]
    fn truth_values_are_read_as_people_write_them() {
        for (text, expected) in
            [("1", Some(true)), ("Yes", Some(true)), ("0", Some(false)), ("FALSE", Some(false))]
        {
            assert_eq!(truth(text), expected, "{text}");
        }
        assert_eq!(truth("maybe"), None);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_names_it() {
        let look_up = |name: &str| (name == "CACHE_ENABLED").then(|| "maybe".to_owned());
        let error = Settings::default().with_environment(look_up).expect_err("maybe is no truth value");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("CACHE_ENABLED"), "{error}");
    }

    #[test]
    fn unusable_settings_are_refused() {
        let ok = Settings::default();
        assert!(ok.check().is_ok());
        let bad = [
            Settings { namespace: String::new(), ..ok.clone() },
            Settings { environment: String::new(), ..ok.clone() },
            Settings { staleness_bound: Duration::from_millis(199), ..ok.clone() },
            Settings { journal_targets: 0, ..ok.clone() },
            Settings { deadline: Duration::ZERO, ..ok },
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
