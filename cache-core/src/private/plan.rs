//! What a function invalidates, as generated code describes it.

use std::sync::Arc;

use crate::cache::{AsCache, Cache, Guard, Written, current};
use crate::context;
use crate::error::{Error, Note};
use crate::key::address::Key;
use crate::policy::CacheType;
use crate::private::run::block_on;
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
    targets: Vec<Target>,
}

impl Plan {
    /// A plan for a function, without targets yet.
    pub fn new(ident: &'static str) -> Self {
        Self { ident, cache: None, targets: Vec::new() }
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
        self.targets.push(Target::owned(type_name, tenant.as_deref(), user.as_deref()));
        self
    }

    /// The same with a type that an expression names.
    pub fn group_of<T: CacheType>(self, cache_type: T, tenant: Who, user: Who) -> Self {
        self.group(Some(cache_type.name()), tenant, user)
    }

    /// Adds the entries with a tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.targets.push(Target::tag(tag.into()));
        self
    }

    /// Adds the entries with tags.
    pub fn tags<I>(mut self, tags: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.targets.extend(tags.into_iter().map(|tag| Target::tag(tag.into())));
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
        self.targets.push(target);
        self
    }

    /// Arms the guard; `None` where there is no cache whose entries could go stale.
    fn arm(self) -> Option<Guard> {
        let cache = self.cache.or_else(current)?;
        Some(Guard::arm(cache.inner().clone(), self.targets))
    }
}

/// Runs an async function that invalidates. `done` says whether what it returned is to be followed by the
/// invalidation; a panic or a drop always is.
pub async fn invalidated<R, D, F>(plan: Plan, done: D, run: F) -> R
where
    D: FnOnce(&R) -> bool,
    F: Future<Output = R>,
{
    let guard = plan.arm();
    let returned = run.await;
    if let Some(written) = finish(guard, done(&returned)) {
        // Not acknowledged in time: fenced and journaled, so the function's result stands.
        let _ = written.acknowledged().await;
    }
    returned
}

/// Runs a plain function that invalidates.
pub fn invalidated_sync<R, D, F>(plan: Plan, done: D, run: F) -> R
where
    D: FnOnce(&R) -> bool,
    F: FnOnce() -> R,
{
    let guard = plan.arm();
    let returned = run();
    if let Some(written) = finish(guard, done(&returned)) {
        let _ = block_on(written.acknowledged());
    }
    returned
}

fn finish(guard: Option<Guard>, invalidate: bool) -> Option<Written> {
    let guard = guard?;
    if invalidate {
        return Some(guard.finish());
    }
    guard.disarm();
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::error::ErrorKind;

    fn group(type_name: Option<&'static str>, tenant: Who, user: Who) -> Vec<Target> {
        Plan::new("f").group(type_name, tenant, user).targets
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
        assert_eq!(Plan::new("f").entry(Err(error)).targets, [menu]);
    }
}
