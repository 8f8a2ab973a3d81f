//! What holds for a call in the end: defaults < the type in code < the function in code < what is set.

use std::time::Duration;

use crate::cache::policy_settings::PolicySettings;
use crate::cache::request::StaleFor;
use crate::policy::{Declared, SingleFlight, Tiers, TypePolicy};
use crate::ttl::Ttl;
use crate::value::kind::{AnyCodec, CodecKind};

#[cfg(test)]
mod tests;

/// What the code says about a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) function: &'a Declared,
    /// The function's time to live, computed or written.
    pub(crate) ttl: Option<Ttl>,
    pub(crate) of_type: &'a TypePolicy,
}

/// What holds where nobody says anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    pub(crate) jitter: f64,
    pub(crate) codec: AnyCodec,
}

/// What holds for a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effective {
    pub(crate) enabled: bool,
    pub(crate) ttl: Ttl,
    /// Whether it holds for every value, whatever a value says itself.
    pub(crate) ttl_is_set: bool,
    pub(crate) stale: StaleFor,
    /// How long `None` lives, if it is stored.
    pub(crate) absent_ttl: Option<Ttl>,
    pub(crate) jitter: f64,
    pub(crate) places: Places,
    pub(crate) codec: AnyCodec,
    pub(crate) merge: SingleFlight,
    pub(crate) max_wait: Duration,
    pub(crate) max_loads: Option<u32>,
    pub(crate) max_bytes: Option<u64>,
}

/// Where a call's values may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) tiers: Tiers,
    pub(crate) strict: bool,
}

/// How long a call waits for somebody else's load unless its function says otherwise.
const MAX_WAIT: Duration = Duration::from_secs(10);

impl Effective {
    pub(crate) fn new(said: &Said<'_>, set: &PolicySettings, defaults: Defaults) -> Self {
        let Said { function, of_type, .. } = *said;
        let ttl = set.ttl.or(said.ttl).or(of_type.ttl).unwrap_or_default();
        let revalidate = function.stale_while_revalidate.or(of_type.stale_while_revalidate);
        let if_error = function.stale_if_error.or(of_type.stale_if_error);
        Self {
            enabled: set.enabled.unwrap_or(true),
            ttl,
            ttl_is_set: set.ttl.is_some(),
            stale: StaleFor {
                while_revalidate: set.stale_while_revalidate.or(revalidate).unwrap_or_default(),
                in_background: false,
                if_error: set.stale_if_error.or(if_error).unwrap_or_default(),
            },
            absent_ttl: absent_ttl(said, set, ttl),
            jitter: set.jitter.or(function.jitter).or(of_type.jitter).unwrap_or(defaults.jitter),
            places: Places::new(function, set),
            codec: set.codec.map_or_else(|| codec(said, defaults), AnyCodec::from),
            merge: set.single_flight.unwrap_or(function.single_flight),
            max_wait: set.max_wait.or(function.max_wait).unwrap_or(MAX_WAIT),
            max_loads: set.max_loads.or(function.max_loads),
            max_bytes: set.max_bytes.or(of_type.max_bytes),
        }
    }
}

impl Places {
    /// A function that says that its values stay in memory does not ask that they can be encoded, so nothing can send
    /// them anywhere else. What is strict is asked of the store that processes share, whatever else is set.
    pub(crate) fn new(function: &Declared, set: &PolicySettings) -> Self {
        if function.tiers == Tiers::MEMORY {
            return Self { tiers: Tiers::MEMORY, strict: false };
        }
        let (tiers, strict) = (set.tiers.unwrap_or(function.tiers), set.strict.unwrap_or(function.strict));
        Self { tiers: Tiers { shared: tiers.shared || strict, ..tiers }, strict }
    }

    /// Whether values are kept in the process and served from there.
    pub(crate) fn is_near(self) -> bool {
        self.tiers.memory && !self.strict
    }
}

fn absent_ttl(said: &Said<'_>, set: &PolicySettings, ttl: Ttl) -> Option<Ttl> {
    let Said { function, of_type, .. } = said;
    let in_code = function.negative_ttl.or(of_type.negative_ttl);
    let stored = function.cache_none || of_type.cache_none || in_code.is_some() || set.negative_ttl.is_some();
    let stored = set.cache_none.unwrap_or(stored);
    stored.then(|| set.negative_ttl.or(in_code).unwrap_or(ttl))
}

/// The codec of the function or its type, else the cache's.
fn codec(said: &Said<'_>, defaults: Defaults) -> AnyCodec {
    let named = said.function.codec.or(said.of_type.codec).and_then(|name| name.parse::<CodecKind>().ok());
    named.map_or(defaults.codec, AnyCodec::from)
}
