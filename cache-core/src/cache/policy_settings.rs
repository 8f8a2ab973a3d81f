//! What is set, from outside of the code, for the functions of a type or for one function.

use std::time::Duration;

use crate::cache::policy_text as text;
use crate::error::{Error, ErrorKind};
use crate::policy::{SingleFlight, Tiers};
use crate::registry::nearest;
use crate::ttl::Ttl;
use crate::value::kind::CodecKind;

/// What is set, from outside of the code, for the functions of a type or for one function: in the settings, in the
/// environment or while the program runs. What is `None` stays as it is.
///
/// Everything that the attribute can say about how values are kept can be set, and goes before it. What can't are
/// the things that decide what a value is and who may see it: the key, tenant and user, `version`.
///
/// ```
/// use cache_core::{Cache, PolicySettings, Ttl};
///
/// let builder = Cache::builder()
///     .memory_only()
///     .type_policy("menu", PolicySettings::new().ttl(Ttl::HALF_HOUR))
///     .function_policy("get_menu_items", PolicySettings::new().enabled(false));
///
/// // As text, for example from a configuration file:
/// let read = PolicySettings::new().with("ttl", "30m")?.with("enabled", "no")?;
/// assert_eq!(read, PolicySettings::new().ttl(Ttl::HALF_HOUR).enabled(false));
/// # Ok::<(), cache_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PolicySettings {
    /// Whether functions are cached. Switched off, they run uncached, and invalidations are still sent.
    pub enabled: Option<bool>,
    /// How long values live, whatever the code says, `ttl_from` included.
    pub ttl: Option<Ttl>,
    /// For how long after the ttl the old value is served while one caller reloads; zero switches it off.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after the ttl the old value is served when the load fails; zero switches it off.
    pub stale_if_error: Option<Duration>,
    /// How long "there is none" lives; it is then kept, unless [`cache_none`](Self::cache_none) is false.
    pub negative_ttl: Option<Ttl>,
    /// Whether "there is none" is kept.
    pub cache_none: Option<bool>,
    /// By which share at most each ttl is shortened at random, from 0.0 to below 1.0.
    pub jitter: Option<f64>,
    /// Where values live. A function with `tiers(memory)` in its attribute stays in memory, since its values can't
    /// be encoded.
    pub tiers: Option<Tiers>,
    /// Whether reads may never be older than an acknowledged invalidation anywhere.
    pub strict: Option<bool>,
    /// How values are encoded from now on; what is stored is read by the codec that wrote it.
    pub codec: Option<CodecKind>,
    /// How far concurrent loads of one key are merged.
    pub single_flight: Option<SingleFlight>,
    /// How long to wait for somebody else's load.
    pub max_wait: Option<Duration>,
    /// How many loads of a function run at once in this process. After a change, loads that run already don't count.
    pub max_loads: Option<u32>,
    /// How many bytes of this process's memory the values of the type have for themselves: others can't take them,
    /// and it can't have more. It can't be set for single functions, and bounds nothing without a server: then all
    /// types share the memory of the process's own store.
    pub max_bytes: Option<u64>,
}

/// Defines one method for each field that takes its value.
macro_rules! methods {
    ($($(#[$doc:meta])* $field:ident: $ty:ty $(=> $convert:ident)?,)*) => {
        impl PolicySettings {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(self, $field: $ty) -> Self {
                    Self { $field: Some($field $(.$convert())?), ..self }
                }
            )*

            /// What is set here, and where nothing is, what is set below.
            pub(crate) fn over(self, below: Self) -> Self {
                Self { $($field: self.$field.or(below.$field),)* }
            }

            /// The names of all fields.
            pub(crate) const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
        }
    };
}

methods! {
    /// With caching switched on or off.
    enabled: bool,
    /// With this time to live.
    ttl: impl Into<Ttl> => into,
    /// With old values served for so long while one caller reloads.
    stale_while_revalidate: Duration,
    /// With old values served for so long when a load fails.
    stale_if_error: Duration,
    /// With "there is none" kept for so long.
    negative_ttl: impl Into<Ttl> => into,
    /// With "there is none" kept, or not.
    cache_none: bool,
    /// With each ttl shortened at random by at most this share.
    jitter: f64,
    /// With values in these tiers.
    tiers: Tiers,
    /// With reads that are never older than an acknowledged invalidation, or with bounded staleness.
    strict: bool,
    /// With this codec.
    codec: CodecKind,
    /// With concurrent loads merged so far.
    single_flight: SingleFlight,
    /// With so long a wait for somebody else's load.
    max_wait: Duration,
    /// With at most so many loads at once.
    max_loads: u32,
    /// With at most so many bytes of this process's memory.
    max_bytes: u64,
}

impl PolicySettings {
    /// Settings that say nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one field as it is written in a configuration file or the environment: a ttl as `"30m"`, a truth value as
    /// `"true"`, tiers as `"memory,redis"`, bytes as `"100MB"`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if there is no such field, or the text is no value for it; says what to write.
    pub fn with(self, field: &str, value: &str) -> Result<Self, Error> {
        let wrong =
            |write: &str| Error::new(ErrorKind::Config, format!("{value:?} is no {field}: write {write}"));
        let set = match field {
            "enabled" => self.enabled(text::truth(value).ok_or_else(|| wrong(text::TRUTH))?),
            "ttl" => self.ttl(text::ttl(value).ok_or_else(|| wrong(text::TTL))?),
            "stale_while_revalidate" => {
                self.stale_while_revalidate(text::window(value).ok_or_else(|| wrong(text::WINDOW))?)
            }
            "stale_if_error" => self.stale_if_error(text::window(value).ok_or_else(|| wrong(text::WINDOW))?),
            "negative_ttl" => self.negative_ttl(text::ttl(value).ok_or_else(|| wrong(text::TTL))?),
            "cache_none" => self.cache_none(text::truth(value).ok_or_else(|| wrong(text::TRUTH))?),
            "jitter" => self.jitter(text::share(value).ok_or_else(|| wrong(text::SHARE))?),
            "tiers" => self.tiers(text::tiers(value).ok_or_else(|| wrong(text::TIERS))?),
            "strict" => self.strict(text::truth(value).ok_or_else(|| wrong(text::TRUTH))?),
            "codec" => self.codec(value.parse()?),
            "single_flight" => {
                self.single_flight(text::single_flight(value).ok_or_else(|| wrong(text::SINGLE_FLIGHT))?)
            }
            "max_wait" => self.max_wait(text::window(value).ok_or_else(|| wrong(text::WINDOW))?),
            "max_loads" => self.max_loads(text::count(value).ok_or_else(|| wrong(text::COUNT))?),
            "max_bytes" => self.max_bytes(text::bytes(value).ok_or_else(|| wrong(text::BYTES))?),
            _ => return Err(no_field(field)),
        };
        Ok(set)
    }

    /// Refuses values that can't work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |field: &str, write: &str| {
            Err(Error::new(ErrorKind::Config, format!("{field} can't work: write {write}")))
        };
        if self.jitter.is_some_and(|share| !(0.0..1.0).contains(&share)) {
            return wrong("jitter", text::SHARE);
        }
        if self.max_loads == Some(0) {
            return wrong("max_loads", text::COUNT);
        }
        if self.max_bytes == Some(0) {
            return wrong("max_bytes", text::BYTES);
        }
        if self.tiers.is_some_and(|tiers| !tiers.memory && !tiers.shared) {
            return wrong("tiers", text::TIERS);
        }
        Ok(())
    }

    /// The same for a single function.
    pub(crate) fn check_function(&self) -> Result<(), Error> {
        if self.max_bytes.is_some() {
            let message = "max_bytes is for a type: its functions share the memory; set it there";
            return Err(Error::new(ErrorKind::Config, message));
        }
        self.check()
    }
}

fn no_field(field: &str) -> Error {
    let fields = PolicySettings::FIELDS;
    let hint = match nearest(field, fields.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}", fields.join(", ")),
    };
    Error::new(ErrorKind::Config, format!("a policy has no `{field}`; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_can_be_written_as_text() {
        for field in PolicySettings::FIELDS {
            let value = match *field {
                "jitter" => "0.1",
                "tiers" => "memory, redis",
                "codec" => match CodecKind::ALL.first() {
                    Some(codec) => &codec.to_string(),
                    None => continue,
                },
                "single_flight" => "process",
                "max_loads" => "8",
                "max_bytes" => "1MiB",
                name if name.ends_with("ttl") || name.starts_with("stale") || name == "max_wait" => "30m",
                _ => "true",
            };
            let read = PolicySettings::new().with(field, value).expect("the case is in order");
            assert_ne!(read, PolicySettings::new(), "{field}");
            let error = PolicySettings::new().with(field, "maybe?").expect_err("that is nothing");
            assert_eq!(error.kind(), ErrorKind::Config, "{field}");
        }
    }

    #[test]
    fn what_is_wrong_says_what_to_write() {
        let error =
            |field, value| PolicySettings::new().with(field, value).expect_err("it is wrong").to_string();
        assert_eq!(error("ttl", "soon"), "\"soon\" is no ttl: write for example 30m, 1h30m, 7d or never");
        assert_eq!(error("tll", "30m"), "a policy has no `tll`; did you mean `ttl`?");
        assert!(error("colour", "blue").starts_with("a policy has no `colour`; there are enabled, ttl, "));
    }

    #[test]
    fn what_is_set_goes_before_what_is_below() {
        let below = PolicySettings::new().ttl(Ttl::HOUR).strict(true);
        let above = PolicySettings::new().ttl(Ttl::MINUTE).enabled(false);
        let expected = PolicySettings::new().ttl(Ttl::MINUTE).enabled(false).strict(true);
        assert_eq!(above.over(below), expected);
        assert_eq!(PolicySettings::new().over(below), below);
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let bad = [
            PolicySettings::new().jitter(1.0),
            PolicySettings::new().jitter(f64::NAN),
            PolicySettings::new().max_loads(0),
            PolicySettings::new().max_bytes(0),
            PolicySettings::new().tiers(Tiers { memory: false, shared: false }),
        ];
        for settings in bad {
            assert_eq!(
                settings.check().map_err(|error| error.kind()),
                Err(ErrorKind::Config),
                "{settings:?}"
            );
        }
        assert!(PolicySettings::new().max_bytes(1).check().is_ok());
        assert!(PolicySettings::new().max_bytes(1).check_function().is_err());
    }
}
