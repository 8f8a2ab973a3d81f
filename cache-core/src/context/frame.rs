//! What travels with a task: one immutable frame, replaced for the length of a scope.

use std::any::Any;
use std::sync::Arc;

use crate::context::loads::Loads;

tokio::task_local! {
    static FRAME: Frame;
}

/// Everything that travels with a task.
///
/// The cache is held type-erased, because contexts lie above the cache in the order of layers.
#[derive(Clone, Default)]
pub(crate) struct Frame {
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) user: Option<Arc<str>>,
    pub(crate) cache: Option<Arc<dyn Any + Send + Sync>>,
    pub(crate) loads: Loads,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("tenant", &self.tenant)
            .field("user", &self.user)
            .field("cache", &self.cache.is_some())
            .field("loads", &self.loads)
            .finish()
    }
}

/// The frame of the current task; an empty one outside any scope.
pub(crate) fn current() -> Frame {
    FRAME.try_with(Frame::clone).unwrap_or_default()
}

/// Runs a future with a frame as the current one.
pub(crate) fn with_frame<F: Future>(frame: Frame, future: F) -> impl Future<Output = F::Output> {
    FRAME.scope(frame, future)
}

/// Runs a closure with a frame as the current one.
pub(crate) fn with_frame_sync<R>(frame: Frame, closure: impl FnOnce() -> R) -> R {
    FRAME.sync_scope(frame, closure)
}
