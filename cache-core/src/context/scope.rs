//! The public handle on the current task's context.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::context::frame::{self, Frame};

/// Who is asking.
///
/// A new context is empty. Setting a tenant or user to the empty string is setting none: functions that are
/// aware of it then run uncached, since a forgotten tenant must never find another one's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a context does nothing until a future or a closure runs in its scope"]
pub struct Context {
    tenant: Option<Arc<str>>,
    user: Option<Arc<str>>,
}

impl Context {
    /// An empty context: no tenant, no user.
    pub fn new() -> Self {
        Self::default()
    }

    /// The context of the current task; an empty one outside any scope.
    pub fn current() -> Self {
        let frame = frame::current();
        Self { tenant: frame.tenant, user: frame.user }
    }

    /// Sets the tenant.
    pub fn tenant(mut self, tenant: impl AsRef<str>) -> Self {
        self.tenant = some_unless_empty(tenant.as_ref());
        self
    }

    /// Sets the user.
    pub fn user(mut self, user: impl AsRef<str>) -> Self {
        self.user = some_unless_empty(user.as_ref());
        self
    }

    /// The tenant, if one is set.
    #[must_use]
    pub fn tenant_id(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The user, if one is set.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Runs a future in this context. What it does not set (a tenant, a user) is unset inside.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        // What is around it (the cache of a scope) is known where it runs, not where it is made.
        frame::with_frame(self.frame(), future).await
    }

    /// Runs a closure in this context.
    pub fn sync_scope<R>(self, closure: impl FnOnce() -> R) -> R {
        frame::with_frame_sync(self.frame(), closure)
    }

    /// A future that is made and run in this context, around what the current task has.
    #[cfg(feature = "tower")]
    pub(crate) fn around<F: Future>(self, make: impl FnOnce() -> F) -> InContext<F> {
        let frame = self.frame();
        let future = frame::with_frame_sync(frame.clone(), make);
        InContext { frame, future: Box::pin(future) }
    }

    fn frame(&self) -> Frame {
        Frame { tenant: self.tenant.clone(), user: self.user.clone(), ..frame::current() }
    }
}

fn some_unless_empty(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| Arc::from(text))
}

/// Hands the current context on to a future that another task will run.
pub trait ContextExt: Future + Sized {
    /// Makes the future run in the context of the task that makes this call: tenant, user, cache, and the
    /// loads above.
    ///
    /// ```
    /// use cache_core::context::{Context, ContextExt};
    /// # async fn work() {}
    /// # async fn example() {
    /// tokio::spawn(work().in_current_context());
    /// # }
    /// ```
    fn in_current_context(self) -> InContext<Self> {
        InContext { frame: frame::current(), future: Box::pin(self) }
    }
}

impl<F: Future> ContextExt for F {}

/// A future that runs in the context it was given, see [`ContextExt::in_current_context`].
pub struct InContext<F> {
    frame: Frame,
    future: Pin<Box<F>>,
}

impl<F> fmt::Debug for InContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext").field("frame", &self.frame).finish_non_exhaustive()
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<F::Output> {
        let frame = self.frame.clone();
        frame::with_frame_sync(frame, || self.future.as_mut().poll(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_id_is_none() {
        let context = Context::new().tenant("").user("");
        assert_eq!(context, Context::new());
    }

    #[test]
    fn an_inner_scope_hides_the_outer_one() {
        Context::new().tenant("t1").user("u1").sync_scope(|| {
            Context::new().tenant("t2").sync_scope(|| {
                assert_eq!(Context::current(), Context::new().tenant("t2"));
            });
            assert_eq!(Context::current(), Context::new().tenant("t1").user("u1"));
        });
        assert_eq!(Context::current(), Context::new());
    }

    #[tokio::test]
    async fn a_scope_covers_every_poll_and_nothing_else() {
        let scoped = Context::new().tenant("t1").scope(async {
            tokio::task::yield_now().await;
            Context::current()
        });
        let other = async { Context::current() };
        let (inside, outside) = tokio::join!(scoped, other);
        assert_eq!(inside.tenant_id(), Some("t1"));
        assert_eq!(outside.tenant_id(), None);
    }

    #[tokio::test]
    async fn a_spawned_task_has_no_context_unless_it_is_handed_on() {
        Context::new()
            .tenant("t1")
            .scope(async {
                let bare = tokio::spawn(async { Context::current() });
                let handed = tokio::spawn(async { Context::current() }.in_current_context());
                assert_eq!(bare.await.expect("it does not panic").tenant_id(), None);
                assert_eq!(handed.await.expect("it does not panic").tenant_id(), Some("t1"));
            })
            .await;
    }
}
