//! One call of a cached function, as generated code describes it.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::cache::{AsCache, Cache};
use crate::context;
use crate::error::{Error, ErrorKind, Note};
use crate::key::address::{Key, Owner};
use crate::key::encode::{Show, Values};
use crate::key::identity::Identity;
use crate::policy::{Awareness, TypePolicy};
use crate::private::function::Function;
use crate::private::guarded::guarded;
use crate::private::place::KeyPart;
use crate::private::tags::TagText;
use crate::registry::Named;
use crate::ttl::Ttl;

/// One call.
#[derive(Debug)]
pub struct Call {
    pub(crate) function: &'static Function,
    pub(super) here: &'static str,
    pub(super) own: SmallVec<[&'static str; 1]>,
    pub(super) cache: Option<Cache>,
    pub(super) type_name: &'static str,
    /// What the type says, where an expression names it.
    pub(super) policy: Option<TypePolicy>,
    pub(super) ttl: Option<Ttl>,
    pub(super) tenant: Option<Arc<str>>,
    pub(super) user: Option<Arc<str>>,
    pub(super) tags: Option<Box<TagText>>,
    pub(super) arguments: Values,
    pub(super) unkeyed: Option<Box<Error>>,
    /// Whether the function runs uncached this time.
    pub(super) off: bool,
}

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
            own: if own.is_empty() { SmallVec::new() } else { own.into() },
            cache: None,
            type_name: function.declared.type_name,
            policy: None,
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
    #[inline]
    pub fn of_type(&mut self, Named { name, policy }: Named) {
        self.type_name = name;
        self.policy = Some(policy);
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
            // Only code of the user's is guarded: most arguments have none.
            let pushed = if is_primitive::<T>() {
                arguments.push_primitive(name, value, show)
            } else {
                guarded("encoding", || arguments.push(name, value, show))
            };
            if let Err(error) = pushed {
                self.unkeyed = Some(Box::new(error));
            }
        }
    }

    /// Whether the tenant is part of the key: if the function says so, or its type.
    #[inline]
    pub(super) fn tenant_aware(&self) -> Awareness {
        let by_type = self.policy.as_ref().is_some_and(|policy| policy.tenant_aware);
        aware(self.function.declared.tenant, by_type)
    }

    /// Whether the user is part of the key.
    #[inline]
    pub(super) fn user_aware(&self) -> Awareness {
        let by_type = self.policy.as_ref().is_some_and(|policy| policy.user_aware);
        aware(self.function.declared.user, by_type)
    }

    /// The key of the call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Context`] without a tenant or user that the function is aware of, [`ErrorKind::Codec`] if
    /// an argument can't be part of a key.
    pub fn key(&mut self) -> Result<Key, Error> {
        let (owner, identity) = self.subject()?;
        let arguments = self.arguments.to_arguments();
        Ok(Key { owner, function: self.function.declared.name, identity, arguments })
    }

    /// What the key has beside the arguments. Fails like [`key`](Self::key).
    pub(super) fn subject(&mut self) -> Result<(Owner, Identity), Error> {
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
            (
                id(self.tenant_aware(), &self.tenant, &frame.tenant),
                id(self.user_aware(), &self.user, &frame.user),
            )
        });
        if self.tenant_aware() != Awareness::No && tenant.is_none() {
            return Err(missing("tenant"));
        }
        if self.user_aware() != Awareness::No && user.is_none() {
            return Err(missing("user"));
        }
        Ok((Owner { type_name, tenant, user }, identity))
    }

    /// A call of the same function with the same arguments, for its key alone.
    pub(super) fn copy(&self) -> Self {
        Self {
            function: self.function,
            here: self.here,
            own: self.own.clone(),
            cache: None,
            type_name: self.type_name,
            policy: self.policy,
            ttl: self.ttl,
            tenant: self.tenant.clone(),
            user: self.user.clone(),
            tags: None,
            arguments: self.arguments.clone(),
            unkeyed: None,
            off: false,
        }
    }
}

/// Whether a type is one of the language's, whose encoding runs no code of the user's. A type of the user's has a path
/// before its name. Both sides are constants, so that nothing is compared at run time.
#[inline]
fn is_primitive<T: ?Sized>() -> bool {
    matches!(
        std::any::type_name::<T>(),
        "u8" | "u16"
            | "u32"
            | "u64"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "isize"
            | "bool"
            | "char"
            | "str"
            | "&str"
            | "f32"
            | "f64"
    )
}

fn id(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

fn aware(by_function: Awareness, by_type: bool) -> Awareness {
    if by_function == Awareness::No && by_type { Awareness::Context } else { by_function }
}

/// The tenant or user of a call: as it was named, or that of the context.
pub(super) fn aware_of<'a>(
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
