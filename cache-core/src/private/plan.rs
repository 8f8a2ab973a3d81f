//! What a function invalidates, as generated code describes it.

use std::sync::Arc;

use crate::cache::{AsCache, Cache, Done, Guard, Wait, current, say_outside};
use crate::context;
use crate::error::{Error, Note};
use crate::key::address::Key;
use crate::registry::Named;
use crate::target::Target;

/// Whose entries a group is about.
#[derive(Debug)]
pub enum Who {
    /// Everybody's.
    Anyone,
    /// Those of the tenant or user of the context.
    Context,
    /// Those of this one.
    Is(String),
}

impl Who {
    /// Those of the one that an expression names.
    pub fn is<T: ToString + ?Sized>(id: &T) -> Self {
        Self::Is(id.to_string())
    }

    /// The id; `None` for everybody. An id that should be there and isn't makes the invalidation wider.
    fn id(
        self,
        ident: &str,
        what: &str,
        from_context: impl FnOnce() -> Option<Arc<str>>,
    ) -> Option<Arc<str>> {
        let id = match self {
            Self::Anyone => return None,
            Self::Context => from_context(),
            Self::Is(id) => (!id.is_empty()).then(|| id.into()),
        };
        if id.is_none() {
            tracing::warn!(target: "cache", function = ident, "no {what}: everybody's entries are invalidated");
        }
        id
    }
}

/// What a function invalidates.
#[derive(Debug)]
#[must_use]
pub struct Plan {
    ident: &'static str,
    cache: Option<Cache>,
    groups: Vec<Target>,
    /// Tags and entries.
    others: Vec<Target>,
    wait: Wait,
}

impl Plan {
    /// A plan for a function, without targets yet.
    pub fn new(ident: &'static str) -> Self {
        Self { ident, cache: None, groups: Vec::new(), others: Vec::new(), wait: Wait::Ack }
    }

    /// Names the cache.
    pub fn cache<C: AsCache + ?Sized>(mut self, cache: &C) -> Self {
        self.cache = Some(cache.as_cache().clone());
        self
    }

    /// Adds the entries of a type, a tenant, a user, or a type within a tenant or of a user.
    pub fn group(mut self, type_name: Option<&'static str>, tenant: Who, user: Who) -> Self {
        let frame = context::current();
        let narrowed_to_user = !matches!(user, Who::Anyone);
        let tenant = tenant.id(self.ident, "tenant", || frame.tenant);
        let user = user.id(self.ident, "user", || frame.user);
        // A user's entries are hit in every tenant. Without the user that should be there, only all of them
        // are as wide as that; and without a type nothing is wider than everything.
        let tenant = tenant.filter(|_| user.is_some() || !narrowed_to_user);
        self.groups.push(Target::owned(type_name, tenant.as_deref(), user.as_deref()));
        self
    }

    /// The same with a type that an expression names.
    pub fn group_of(self, cache_type: Named, tenant: Who, user: Who) -> Self {
        self.group(Some(cache_type.name), tenant, user)
    }

    /// Adds the entries with a tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.others.push(Target::tag(tag.into()));
        self
    }

    /// Adds the entries with tags.
    pub fn tags<I>(mut self, tags: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.others.extend(tags.into_iter().map(|tag| Target::tag(tag.into())));
        self
    }

    /// Adds one entry. If its key can't be made, its whole type is invalidated: wider, never narrower.
    pub fn entry(mut self, key: Result<Key, Error>) -> Self {
        let target = key.map(Target::key).unwrap_or_else(|error| {
            tracing::warn!(target: "cache", %error, function = self.ident, "the whole type is invalidated");
            match error.note() {
                Note::Unkeyed(type_name) => Target::of(type_name).into(),
                Note::None | Note::Foreign => Target::everything(),
            }
        });
        self.others.push(target);
        self
    }

    /// Says what is waited for after the invalidation, by default the store's acknowledgement.
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    /// Arms the guard; `None` where there is no cache whose entries could go stale.
    pub(super) fn arm(self) -> Option<Armed> {
        let Some(cache) = self.cache.or_else(current) else {
            say_outside(|| format!("`{}`", self.ident), "invalidates nothing");
            return None;
        };
        let targets = self.groups.into_iter().chain(self.others).collect();
        Some(Armed { guard: Guard::arm(cache.inner().clone(), targets), wait: self.wait })
    }

    /// Arms the guard of a function whose tags are known only when it has ended. Until then its group stands in
    /// for them: for all tenants and users, since tags span them; and everything where there is no group.
    pub(super) fn arm_late(mut self) -> Option<ArmedLate> {
        let mut wider: Vec<_> = self.groups.iter().map(Target::for_all_owners).collect();
        if wider.is_empty() {
            wider.push(Target::everything());
        }
        self.groups = wider.clone();
        let others = self.others.clone();
        Some(ArmedLate { armed: self.arm()?, wider, others })
    }
}

/// A guard, and what is waited for after it.
#[derive(Debug)]
pub(super) struct Armed {
    guard: Guard,
    wait: Wait,
}

/// A guard that aims wider than it has to until the function's result is known.
#[derive(Debug)]
pub(super) struct ArmedLate {
    armed: Armed,
    wider: Vec<Target>,
    others: Vec<Target>,
}

impl Armed {
    /// Invalidates as the function's end calls for. What it returns waits for the acknowledgement; the function's
    /// result stands if that doesn't come in time, since what was invalidated is fenced and journaled.
    pub(super) fn finish(self, done: Done) -> Option<impl Future<Output = ()> + Send> {
        let written = self.guard.finish(done)?;
        let wait = self.wait;
        Some(async move { drop(written.waited(wait).await) })
    }
}

impl ArmedLate {
    /// Aims at what the result says. A function that failed without naming anything may have changed anything.
    pub(super) fn aim<I>(self, done: Done, tags: impl FnOnce() -> I) -> Armed
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let Self { mut armed, wider, mut others } = self;
        if done == Done::Nothing {
            return armed;
        }
        let before = others.len();
        others.extend(tags().into_iter().map(|tag| Target::tag(tag.into())));
        if done == Done::Uncertain && others.len() == before {
            others.extend(wider);
        }
        armed.guard.aim(others);
        armed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::error::ErrorKind;

    fn group(type_name: Option<&'static str>, tenant: Who, user: Who) -> Vec<Target> {
        Plan::new("f").group(type_name, tenant, user).groups
    }

    #[test]
    fn a_group_is_narrowed_by_whom_the_context_names() {
        Context::new().tenant("t1").user("u5").sync_scope(|| {
            let expected: Target = Target::of("menu").tenant("t1").into();
            assert_eq!(group(Some("menu"), Who::Context, Who::Anyone), [expected]);
            let expected: Target = Target::of("menu").tenant("t1").user("u5").into();
            assert_eq!(group(Some("menu"), Who::Context, Who::Context), [expected]);
        });
    }

    #[test]
    fn a_missing_tenant_or_user_makes_the_invalidation_wider_and_never_narrower() {
        let menu: Target = Target::of("menu").into();
        assert_eq!(group(Some("menu"), Who::Context, Who::Anyone), vec![menu.clone()]);
        assert_eq!(group(None, Who::is(""), Who::Anyone), [Target::everything()]);
        // The user's entries lie in every tenant, so the tenant alone would miss some of them.
        Context::new().tenant("t1").sync_scope(|| {
            assert_eq!(group(Some("menu"), Who::Context, Who::Context), [menu]);
            assert_eq!(group(None, Who::Context, Who::is("")), [Target::everything()]);
        });
    }

    #[test]
    fn an_entry_whose_key_cannot_be_made_widens_to_its_type_and_not_to_everything() {
        let error =
            Error::new(ErrorKind::Codec, "an argument can't be encoded").with_note(Note::Unkeyed("menu"));
        let menu: Target = Target::of("menu").into();
        assert_eq!(Plan::new("f").entry(Err(error)).others, [menu]);
    }
}
