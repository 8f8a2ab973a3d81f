//! What a call asks the engine for.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Inner, Request, StaleFor, current, say_outside};
use crate::context::{self, Mode};
use crate::error::{Error, ErrorKind};
use crate::key::names::Names;
use crate::near::NearKey;
use crate::observe::{Counter, Event};
use crate::policy::{Awareness, Declared, TypePolicy};
use crate::private::call::{Call, aware_of};
use crate::ttl::Ttl;
use crate::value::kind::{AnyCodec, CodecKind};

/// How long a call waits for somebody else's load unless its function says otherwise.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// An envelope counts the nonces of an entry in one byte; some are for the other groups.
const MAX_TAGS: usize = 240;
/// A lease whose guard can always end it at once may be long.
const LOCAL_LEASE: Duration = Duration::from_secs(600);

impl Call {
    /// The request for the engine; `None` where the function has to run uncached.
    pub(crate) fn request(&mut self, schema: u64, memory: bool, blocking: bool) -> Option<Request> {
        let function = self.function;
        let type_name = self.type_name;
        let Some(cache) = self.cache.take().or_else(current) else {
            say_outside(|| function.place(), "runs uncached");
            return None;
        };
        let cache = cache.inner().clone();
        let counters = cache.counters.of(type_name);
        let mode = context::with_current(|frame| frame.mode);
        let ident = function.declared.ident;
        let uncached = |why: &str| cache.events.emit(type_name, ident, Event::Uncached { why });
        if self.off || mode == Mode::Bypass {
            counters.add(Counter::Bypassed);
            uncached("the cache is left aside");
            return None;
        }
        if !cache.is_enabled() {
            counters.add(Counter::Disabled);
            uncached("caching is switched off");
            return None;
        }
        let tags = self.tags.take().map_or_else(Vec::new, |tags| tags.to_vec());
        // Not taken: the key asks it too.
        let policy = self.policy.unwrap_or_default();
        if let Some(bytes) = policy.max_bytes {
            cache.near.share(type_name, bytes);
        }
        let ttl = self.ttl.or(policy.ttl).unwrap_or_default();
        if tags.len() > MAX_TAGS {
            let message = format!("an entry has at most {MAX_TAGS} tags, not {}", tags.len());
            self.unkeyed = Some(Box::new(Error::new(ErrorKind::Config, message)));
        }
        let key = match self.key() {
            Ok(key) => key,
            Err(error) => {
                counters.add(self.reason(&error));
                uncached(&error.to_string());
                if function.warns() {
                    tracing::warn!(target: "cache", %error, function = function.declared.ident, "the function runs uncached");
                }
                return None;
            }
        };
        let declared = &function.declared;
        let memory = memory || !declared.tiers.shared;
        let near = (declared.tiers.memory && !declared.strict)
            .then(|| NearKey::new(key.identity, key.owner.clone(), self.arguments.as_bytes()));
        let owner = cache.owners.groups(&cache.namespace, &key.owner);
        let names = Arc::new(Names::new(&cache.namespace, &key, owner, &tags));
        let at_once = memory || cache.is_answered_at_once();
        Some(Request {
            names,
            type_name,
            counters,
            tags,
            ttl,
            longest_ttl: None,
            stale: StaleFor {
                while_revalidate: declared
                    .stale_while_revalidate
                    .or(policy.stale_while_revalidate)
                    .unwrap_or_default(),
                in_background: false,
                if_error: declared.stale_if_error.or(policy.stale_if_error).unwrap_or_default(),
            },
            jitter: match declared.jitter.or(policy.jitter) {
                _ if cache.exact => 0.0,
                said => said.unwrap_or(cache.settings.jitter),
            },
            max_wait: declared.max_wait.unwrap_or(MAX_WAIT),
            lease: if at_once { LOCAL_LEASE } else { function.lease() },
            permits: function.permits(),
            absent_ttl: absent_ttl(declared, &policy, ttl),
            merge: declared.single_flight,
            codec: codec_of(declared.codec.or(policy.codec), &cache),
            schema,
            memory,
            near,
            refresh: mode == Mode::Refresh,
            blocking,
            loads: context::with_current(|frame| frame.loads.clone()),
            cache,
        })
    }

    fn reason(&self, error: &Error) -> Counter {
        let aware = self.tenant_aware();
        let no_tenant = context::with_current(|frame| aware_of(aware, &self.tenant, &frame.tenant).is_none());
        match error.kind() {
            ErrorKind::Context if aware != Awareness::No && no_tenant => Counter::NoTenant,
            ErrorKind::Context => Counter::NoUser,
            _ => Counter::Unkeyed,
        }
    }
}

/// How long `None` lives, if it is stored.
fn absent_ttl(declared: &Declared, policy: &TypePolicy, ttl: Ttl) -> Option<Ttl> {
    let stored = declared.cache_none || policy.cache_none;
    declared.negative_ttl.or(policy.negative_ttl).or(stored.then_some(ttl))
}

/// The codec of the function or its type, else the cache's.
fn codec_of(name: Option<&'static str>, cache: &Inner) -> AnyCodec {
    let named = name.and_then(|name| name.parse::<CodecKind>().ok());
    named.map_or(cache.codec, AnyCodec::from)
}
