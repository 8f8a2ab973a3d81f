//! One call of a cached function, as generated code describes it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::cache::{AsCache, Cache, Inner, Request, StaleFor, current, look};
use crate::context::{self, Mode};
use crate::error::{Error, ErrorKind, Note};
use crate::key::address::{Key, Owner};
use crate::key::encode::{Show, Values};
use crate::key::names::Names;
use crate::near::{Lookup, NearKey};
use crate::observe::{Counter, Event, emit};
use crate::policy::{Awareness, CacheType, Declared};
use crate::private::function::Function;
use crate::private::guarded::guarded;
use crate::private::place::KeyPart;
use crate::private::tags::TagText;
use crate::ttl::Ttl;
use crate::value::kind::{AnyCodec, CodecKind};

/// One call.
#[derive(Debug)]
pub struct Call {
    pub(crate) function: &'static Function,
    here: &'static str,
    own: smallvec::SmallVec<[&'static str; 1]>,
    cache: Option<Cache>,
    type_name: &'static str,
    ttl: Option<Ttl>,
    tenant: Option<Arc<str>>,
    user: Option<Arc<str>>,
    tags: Option<Box<TagText>>,
    arguments: Values,
    unkeyed: Option<Box<Error>>,
    /// Whether the function runs uncached this time.
    off: bool,
}

/// How long a call waits for somebody else's load unless its function says otherwise.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// An envelope counts the nonces of an entry in one byte; some are for the other groups.
const MAX_TAGS: usize = 240;
/// A lease in this process is held by a guard that always ends it, so it may be long.
const LOCAL_LEASE: Duration = Duration::from_secs(600);

impl Call {
    /// A call of a function. `here` is a closure of the function's body: the name of its type tells where the
    /// function stands. `own` names the function's own type and const arguments.
    #[must_use]
    #[inline]
    pub fn new<F>(function: &'static Function, here: &F, own: &[&'static str]) -> Self {
        let _ = here;
        Self {
            function,
            here: std::any::type_name::<F>(),
            own: own.into(),
            cache: None,
            type_name: function.declared.type_name,
            ttl: function.declared.ttl,
            tenant: None,
            user: None,
            tags: None,
            arguments: Values::default(),
            unkeyed: None,
            off: false,
        }
    }

    /// Names the cache.
    pub fn cache<C: AsCache + ?Sized>(&mut self, cache: &C) {
        self.cache = Some(cache.as_cache().clone());
    }

    /// Names the type.
    pub fn of_type<T: CacheType>(&mut self, cache_type: T) {
        self.type_name = cache_type.name();
    }

    /// Sets the time to live.
    pub fn ttl(&mut self, ttl: impl Into<Ttl>) {
        self.ttl = Some(ttl.into());
    }

    /// Names the tenant.
    pub fn tenant<T: ToString + ?Sized>(&mut self, tenant: &T) {
        self.tenant = id(&tenant.to_string());
    }

    /// Names the user.
    pub fn user<T: ToString + ?Sized>(&mut self, user: &T) {
        self.user = id(&user.to_string());
    }

    /// Adds a tag.
    pub fn tag(&mut self, tag: impl fmt::Display) {
        self.tags.get_or_insert_default().push(tag);
    }

    /// Adds tags.
    pub fn tags<I>(&mut self, tags: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        for tag in tags {
            self.tags.get_or_insert_default().push(tag.into());
        }
    }

    /// Runs the function uncached unless this holds.
    pub fn when(&mut self, cached: bool) {
        self.off = !cached;
    }

    /// Adds an argument to the key.
    #[inline]
    pub fn argument<T: KeyPart + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.push(name, value, Show::AsItIs);
    }

    /// Adds an argument to the key that is shown nowhere: as a keyed hash wherever the key is.
    #[inline]
    pub fn hashed<T: KeyPart + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.push(name, value, Show::Hashed);
    }

    #[inline]
    fn push<T: KeyPart + ?Sized>(&mut self, name: &'static str, value: &T, show: Show) {
        if self.unkeyed.is_none() {
            let arguments = &mut self.arguments;
            self.unkeyed = guarded("encoding", || arguments.push(name, value, show)).err().map(Box::new);
        }
    }

    /// The key of the call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Context`] without a tenant or user that the function is aware of, [`ErrorKind::Codec`] if
    /// an argument can't be part of a key.
    pub fn key(&mut self) -> Result<Key, Error> {
        if let Some(error) = self.unkeyed.take() {
            return Err(error.with_note(Note::Unkeyed(self.type_name)));
        }
        let declared = &self.function.declared;
        let type_name = self.type_name;
        let missing = |who: &str| {
            let message = format!("`{}` is cached per {who}, and the context has none", declared.ident);
            Error::new(ErrorKind::Context, message).with_note(Note::Unkeyed(type_name))
        };
        let identity = self.function.identity(self.here, &self.own).ok_or_else(|| {
            let message = format!("`{}` can't be told from another cached function", declared.ident);
            Error::new(ErrorKind::Unexpected, message).with_note(Note::Unkeyed(type_name))
        })?;
        let (tenant, user) = context::with_current(|frame| {
            let id = |aware, named: &Option<Arc<str>>, own: &Option<Arc<str>>| {
                aware_of(aware, named, own).cloned()
            };
            (id(declared.tenant, &self.tenant, &frame.tenant), id(declared.user, &self.user, &frame.user))
        });
        if declared.tenant != Awareness::No && tenant.is_none() {
            return Err(missing("tenant"));
        }
        if declared.user != Awareness::No && user.is_none() {
            return Err(missing("user"));
        }
        let owner = Owner { type_name, tenant, user };
        let arguments = self.arguments.to_arguments();
        Ok(Key { owner, function: declared.name, identity, arguments })
    }

    /// The value of the call, if it is kept in the process and may be served now. It waits for nothing, allocates
    /// nothing and takes no lock that other keys take.
    pub(crate) fn near<T: Send + Sync + 'static>(&self) -> Option<Near<T>> {
        let declared = &self.function.declared;
        if declared.strict || !declared.tiers.memory || self.off || self.unkeyed.is_some() {
            return None;
        }
        let identity = self.function.identity(self.here, &self.own)?;
        context::with_current(|frame| {
            if frame.mode != Mode::Usual {
                return None;
            }
            let tenant = aware_of(declared.tenant, &self.tenant, &frame.tenant);
            let user = aware_of(declared.user, &self.user, &frame.user);
            if (declared.tenant != Awareness::No && tenant.is_none())
                || (declared.user != Awareness::No && user.is_none())
            {
                return None;
            }
            let lookup = Lookup {
                identity,
                type_name: self.type_name,
                tenant: tenant.map(|id| &**id),
                user: user.map(|id| &**id),
                arguments: self.arguments.as_bytes(),
            };
            match &self.cache {
                Some(cache) => near(cache.inner(), &lookup, self),
                None => look(frame, |cache| near(cache, &lookup, self)),
            }
        })
    }

    /// Tells of a hit whose key was not needed for it.
    fn emit_hit(&self) {
        if let Ok(key) = self.copy().key() {
            emit(self.type_name, &key.to_string(), Event::Hit);
        }
    }

    fn copy(&self) -> Self {
        Self {
            function: self.function,
            here: self.here,
            own: self.own.clone(),
            cache: None,
            type_name: self.type_name,
            ttl: self.ttl,
            tenant: self.tenant.clone(),
            user: self.user.clone(),
            tags: None,
            arguments: self.arguments.clone(),
            unkeyed: None,
            off: false,
        }
    }

    /// The request for the engine; `None` where the function has to run uncached.
    pub(crate) fn request(&mut self, schema: u64, memory: bool, blocking: bool) -> Option<Request> {
        let function = self.function;
        let type_name = self.type_name;
        let cache = self.cache.take().or_else(current)?.inner().clone();
        let counters = cache.counters.of(type_name);
        let mode = context::with_current(|frame| frame.mode);
        if self.off || mode == Mode::Bypass {
            counters.add(Counter::Bypassed);
            return None;
        }
        if !cache.is_enabled() {
            counters.add(Counter::Disabled);
            return None;
        }
        let tags = self.tags.take().map_or_else(Vec::new, |tags| tags.to_vec());
        let ttl = self.ttl.unwrap_or_default();
        if tags.len() > MAX_TAGS {
            let message = format!("an entry has at most {MAX_TAGS} tags, not {}", tags.len());
            self.unkeyed = Some(Box::new(Error::new(ErrorKind::Config, message)));
        }
        let key = match self.key() {
            Ok(key) => key,
            Err(error) => {
                counters.add(self.reason(&error));
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
        let local = memory || cache.remote.is_none();
        Some(Request {
            names,
            type_name,
            counters,
            tags,
            ttl,
            longest_ttl: None,
            stale: StaleFor {
                while_revalidate: declared.stale_while_revalidate.unwrap_or_default(),
                in_background: false,
                if_error: declared.stale_if_error.unwrap_or_default(),
            },
            jitter: declared.jitter.unwrap_or(cache.settings.jitter),
            max_wait: declared.max_wait.unwrap_or(MAX_WAIT),
            lease: if local { LOCAL_LEASE } else { function.lease() },
            permits: function.permits(),
            absent_ttl: absent_ttl(declared, ttl),
            merge: declared.single_flight,
            codec: codec_of(declared, &cache),
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
        let declared = &self.function.declared;
        let no_tenant =
            context::with_current(|frame| aware_of(declared.tenant, &self.tenant, &frame.tenant).is_none());
        match error.kind() {
            ErrorKind::Context if declared.tenant != Awareness::No && no_tenant => Counter::NoTenant,
            ErrorKind::Context => Counter::NoUser,
            _ => Counter::Unkeyed,
        }
    }
}

/// What is kept for a call.
pub(crate) enum Near<T> {
    Value(Arc<T>),
    /// There is none.
    Absent,
}

fn id(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

/// How long `None` lives, if it is stored.
fn absent_ttl(declared: &Declared, ttl: Ttl) -> Option<Ttl> {
    declared.negative_ttl.or(declared.cache_none.then_some(ttl))
}

/// The function's codec, else the cache's.
fn codec_of(declared: &Declared, cache: &Inner) -> AnyCodec {
    let named = declared.codec.and_then(|name| name.parse::<CodecKind>().ok());
    named.map_or(cache.codec, AnyCodec::from)
}

/// The tenant or user of a call: as it was named, or that of the context.
fn aware_of<'a>(
    aware: Awareness,
    named: &'a Option<Arc<str>>,
    of_context: &'a Option<Arc<str>>,
) -> Option<&'a Arc<str>> {
    match aware {
        Awareness::No => None,
        Awareness::Context => named.as_ref().or(of_context.as_ref()),
        Awareness::Argument => named.as_ref(),
    }
}

fn near<T: Send + Sync + 'static>(cache: &Arc<Inner>, lookup: &Lookup<'_>, call: &Call) -> Option<Near<T>> {
    if !cache.is_enabled() {
        return None;
    }
    let now = cache.clock.about_now();
    let kept = cache.near.get(lookup, &cache.changes, now)?;
    if now >= kept.fresh_until {
        return None;
    }
    let value = match kept.value() {
        Some(value) => Near::Value(value),
        None if kept.is_absent() => Near::Absent,
        None => return None,
    };
    kept.counters.add(Counter::NearHits);
    if tracing::enabled!(target: "cache", tracing::Level::DEBUG) {
        call.emit_hit();
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde::{Serialize, Serializer};

    use super::*;
    use crate::policy::{Declared, Location};

    struct Unwritable;

    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    fn function(line: u32) -> &'static Function {
        let declared = Declared::new("f", "f", "menu", Location { file: "call.rs", line, column: 1 });
        let declared = Declared { tenant: Awareness::Context, ..declared };
        Box::leak(Box::new(Function::new(declared)))
    }

    #[test]
    fn a_key_that_cannot_be_made_tells_its_type() {
        let mut call = Call::new(function(1), &|| (), &[]);
        call.argument("x", &Unwritable);
        let unwritable = call.key();
        let no_tenant = Call::new(function(1), &|| (), &[]).key();
        for (key, kind) in [(unwritable, ErrorKind::Codec), (no_tenant, ErrorKind::Context)] {
            let error = key.expect_err("no key can be made");
            assert_eq!((error.kind(), error.note()), (kind, Note::Unkeyed("menu")));
        }
    }

    #[test]
    fn an_empty_tenant_is_none() {
        let mut call = Call::new(function(1), &|| (), &[]);
        call.tenant("");
        assert_eq!(call.key().expect_err("there is no tenant").kind(), ErrorKind::Context);
    }
}
