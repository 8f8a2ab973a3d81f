//! One call of a cached function, as generated code describes it.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{AsCache, Cache, Request, current};
use crate::context;
use crate::error::{Error, ErrorKind, Note};
use crate::key::address::{Key, Owner};
use crate::key::encode::Arguments;
use crate::key::names::Names;
use crate::observe::Counter;
use crate::policy::{Awareness, CacheType};
use crate::private::function::Function;
use crate::private::guarded::guarded;
use crate::private::place::KeyPart;
use crate::ttl::Ttl;

/// One call.
#[derive(Debug)]
pub struct Call {
    pub(crate) function: &'static Function,
    here: &'static str,
    own: smallvec::SmallVec<[&'static str; 4]>,
    cache: Option<Cache>,
    type_name: &'static str,
    ttl: Option<Ttl>,
    tenant: Option<Arc<str>>,
    user: Option<Arc<str>>,
    tags: Vec<String>,
    arguments: Arguments,
    unkeyed: Option<Error>,
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
    pub fn new<F>(function: &'static Function, here: &F, own: &[&'static str]) -> Self {
        let _ = here;
        let frame = context::current();
        let from = |awareness, id: Option<Arc<str>>| if awareness == Awareness::Context { id } else { None };
        Self {
            function,
            here: std::any::type_name::<F>(),
            own: own.into(),
            cache: None,
            type_name: function.declared.type_name,
            ttl: function.declared.ttl,
            tenant: from(function.declared.tenant, frame.tenant),
            user: from(function.declared.user, frame.user),
            tags: Vec::new(),
            arguments: Arguments::default(),
            unkeyed: None,
        }
    }

    /// Names the cache.
    #[must_use]
    pub fn cache<C: AsCache + ?Sized>(mut self, cache: &C) -> Self {
        self.cache = Some(cache.as_cache().clone());
        self
    }

    /// Names the type.
    #[must_use]
    pub fn of_type<T: CacheType>(mut self, cache_type: T) -> Self {
        self.type_name = cache_type.name();
        self
    }

    /// Sets the time to live.
    #[must_use]
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = Some(ttl.into());
        self
    }

    /// Names the tenant.
    #[must_use]
    pub fn tenant<T: ToString + ?Sized>(mut self, tenant: &T) -> Self {
        self.tenant = id(&tenant.to_string());
        self
    }

    /// Names the user.
    #[must_use]
    pub fn user<T: ToString + ?Sized>(mut self, user: &T) -> Self {
        self.user = id(&user.to_string());
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Adds tags.
    #[must_use]
    pub fn tags<I>(mut self, tags: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Adds an argument to the key.
    #[must_use]
    pub fn argument<T: KeyPart + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        if self.unkeyed.is_none() {
            let arguments = &mut self.arguments;
            self.unkeyed = guarded("encoding", || arguments.push(name, value)).err();
        }
        self
    }

    /// The key of the call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Context`] without a tenant or user that the function is aware of, [`ErrorKind::Codec`] if
    /// an argument can't be part of a key.
    pub fn key(mut self) -> Result<Key, Error> {
        if let Some(error) = self.unkeyed.take() {
            return Err(error.with_note(Note::Unkeyed(self.type_name)));
        }
        let declared = &self.function.declared;
        let type_name = self.type_name;
        let missing = |who: &str| {
            let message = format!("`{}` is cached per {who}, and the context has none", declared.ident);
            Error::new(ErrorKind::Context, message).with_note(Note::Unkeyed(type_name))
        };
        if declared.tenant != Awareness::No && self.tenant.is_none() {
            return Err(missing("tenant"));
        }
        if declared.user != Awareness::No && self.user.is_none() {
            return Err(missing("user"));
        }
        let identity = self.function.identity(self.here, &self.own).ok_or_else(|| {
            let message = format!("`{}` can't be told from another cached function", declared.ident);
            Error::new(ErrorKind::Unexpected, message).with_note(Note::Unkeyed(type_name))
        })?;
        let owner = Owner { type_name, tenant: self.tenant, user: self.user };
        Ok(Key { owner, function: declared.name, identity, arguments: self.arguments })
    }

    /// The request for the engine; `None` where the function has to run uncached.
    pub(crate) fn request(mut self, schema: u64, memory: bool, blocking: bool) -> Option<Request> {
        let function = self.function;
        let type_name = self.type_name;
        let cache = self.cache.take().or_else(current)?.inner().clone();
        if !cache.is_enabled() {
            cache.counters.add(type_name, Counter::Disabled);
            return None;
        }
        let tags = std::mem::take(&mut self.tags);
        let ttl = self.ttl.unwrap_or_default();
        let (no_tenant, no_user) = (self.tenant.is_none(), self.user.is_none());
        if tags.len() > MAX_TAGS {
            let message = format!("an entry has at most {MAX_TAGS} tags, not {}", tags.len());
            self.unkeyed = Some(Error::new(ErrorKind::Config, message));
        }
        let key = match self.key() {
            Ok(key) => key,
            Err(error) => {
                cache.counters.add(type_name, reason(function, &error, no_tenant, no_user));
                if function.warns() {
                    tracing::warn!(target: "cache", %error, function = function.declared.ident, "the function runs uncached");
                }
                return None;
            }
        };
        let memory = memory || !function.declared.tiers.shared;
        let owner = cache.owners.groups(&cache.namespace, &key.owner);
        let names = Arc::new(Names::new(&cache.namespace, &key, owner, &tags));
        let local = memory || cache.remote.is_none();
        Some(Request {
            names,
            type_name,
            tags,
            ttl,
            max_wait: function.declared.max_wait.unwrap_or(MAX_WAIT),
            lease: if local { LOCAL_LEASE } else { function.lease() },
            schema,
            memory,
            blocking,
            loads: context::current().loads,
            cache,
        })
    }
}

fn id(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn reason(function: &Function, error: &Error, no_tenant: bool, no_user: bool) -> Counter {
    match error.kind() {
        ErrorKind::Context if function.declared.tenant != Awareness::No && no_tenant => Counter::NoTenant,
        ErrorKind::Context if no_user => Counter::NoUser,
        _ => Counter::Unkeyed,
    }
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
        let unwritable = Call::new(function(1), &|| (), &[]).argument("x", &Unwritable).key();
        let no_tenant = Call::new(function(1), &|| (), &[]).key();
        for (key, kind) in [(unwritable, ErrorKind::Codec), (no_tenant, ErrorKind::Context)] {
            let error = key.expect_err("no key can be made");
            assert_eq!((error.kind(), error.note()), (kind, Note::Unkeyed("menu")));
        }
    }

    #[test]
    fn an_empty_tenant_is_none() {
        let call = Call::new(function(1), &|| (), &[]).tenant("");
        assert_eq!(call.key().expect_err("there is no tenant").kind(), ErrorKind::Context);
    }
}
