//! What a call asks the engine for.

use std::time::Duration;

use crate::cache::{Defaults, Effective, Request, Said, current, say_outside};
use crate::context::{self, Mode};
use crate::error::{Error, ErrorKind};
use crate::key::names::Names;
use crate::key::owners::Owned;
use crate::key::render::render_values;
use crate::near::NearKey;
use crate::observe::{Counter, Event};
use crate::policy::Awareness;
use crate::private::call::{Call, aware_of};

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
        let count = |counter| cache.counters.add(type_name, counter);
        let mode = context::with_current(|frame| frame.mode);
        let ident = function.declared.ident;
        let uncached = |why: &str| cache.events.emit(type_name, ident, Event::Uncached { why });
        if self.off || mode == Mode::Bypass {
            count(Counter::Bypassed);
            uncached("the cache is left aside");
            return None;
        }
        // Not taken: the key asks it too.
        let policy = self.policy.unwrap_or_default();
        let set = cache.policies.of(type_name, || function.names());
        let said = Said { function: &function.declared, ttl: self.ttl, of_type: &policy };
        let defaults = Defaults { jitter: cache.settings.jitter, codec: cache.codec };
        let holds = Effective::new(&said, &set, defaults);
        if !cache.is_enabled() || !holds.enabled {
            count(Counter::Disabled);
            uncached("caching is switched off");
            return None;
        }
        let tags = self.tags.take().map_or_else(Vec::new, |tags| tags.to_vec());
        if let Some(bytes) = holds.max_bytes.filter(|_| cache.remote.is_some()) {
            cache.near.share(type_name, bytes);
        }
        if tags.len() > MAX_TAGS {
            let message = format!("an entry has at most {MAX_TAGS} tags, not {}", tags.len());
            self.unkeyed = Some(Box::new(Error::new(ErrorKind::Config, message)));
        }
        let (owner, identity) = match self.subject() {
            Ok(subject) => subject,
            Err(error) => {
                count(self.reason(&error));
                uncached(&error.to_string());
                if function.warns() {
                    tracing::warn!(target: "cache", %error, function = function.declared.ident, "the function runs uncached");
                }
                return None;
            }
        };
        let memory = memory || !holds.places.tiers.shared;
        let near = holds.places.is_near();
        let Owned { groups, counters } =
            cache.owners.of(&cache.namespace, &owner, || cache.counters.of(type_name));
        let names = Names::new(&cache.namespace, groups, &tags, |secret, text| {
            function.write(identity, text);
            render_values(&self.arguments, secret, text);
        });
        let near = near.then(|| NearKey::new(identity, owner, self.arguments.as_bytes()));
        let at_once = memory || cache.is_answered_at_once();
        Some(Request {
            names,
            type_name,
            counters,
            tags,
            ttl: holds.ttl,
            ttl_is_set: holds.ttl_is_set,
            longest_ttl: None,
            stale: holds.stale,
            jitter: if cache.exact { 0.0 } else { holds.jitter },
            max_wait: holds.max_wait,
            lease: if at_once { LOCAL_LEASE } else { function.lease() },
            permits: function.permits(holds.max_loads),
            absent_ttl: holds.absent_ttl,
            merge: holds.merge,
            codec: holds.codec,
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
