//! Calls of a tenant or a user in a test.

use cache_core::context::Context;

use crate::test_cache::TestCache;

/// A tenant, a user or both of a [`TestCache`]: see [`TestCache::tenant`].
#[derive(Clone, Debug)]
#[must_use = "a scope does nothing until something runs in it"]
pub struct TestScope {
    cache: TestCache,
    context: Context,
}

impl TestScope {
    pub(crate) fn new(cache: TestCache) -> Self {
        Self { cache, context: Context::new() }
    }

    /// Sets the tenant.
    pub fn tenant(mut self, tenant: impl AsRef<str>) -> Self {
        self.context = self.context.tenant(tenant);
        self
    }

    /// Sets the user.
    pub fn user(mut self, user: impl AsRef<str>) -> Self {
        self.context = self.context.user(user);
        self
    }

    /// Runs a future for this tenant and user, in which every cached function uses the test's cache.
    pub fn run<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.cache.run(self.context.clone().scope(future))
    }

    /// Runs a closure for this tenant and user, in which every cached function uses the test's cache.
    pub fn run_sync<R>(&self, closure: impl FnOnce() -> R) -> R {
        self.cache.run_sync(|| self.context.clone().sync_scope(closure))
    }
}
