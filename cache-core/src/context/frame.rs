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
    pub(crate) mode: Mode,
}

/// What the outermost cached call inside does with the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It uses it.
    #[default]
    Usual,
    /// It loads and stores anew.
    Refresh,
    /// It leaves it aside.
    Bypass,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("tenant", &self.tenant)
            .field("user", &self.user)
            .field("cache", &self.cache.is_some())
            .field("loads", &self.loads)
            .field("mode", &self.mode)
            .finish()
    }
}

/// The frame of the current task; an empty one outside any scope.
pub(crate) fn current() -> Frame {
    FRAME.try_with(Frame::clone).unwrap_or_default()
}

/// Looks at the frame of the current task without copying it; at an empty one outside any scope.
pub(crate) fn with_current<R>(look: impl FnOnce(&Frame) -> R) -> R {
    let (mut look, mut looked) = (Some(look), None);
    look_at_current(|frame| looked = look.take().map(|look| look(frame)));
    looked.expect("it was called once")
}

/// The same for somebody who notes what was seen: handing it on from function to function would copy it at each.
#[inline]
pub(crate) fn look_at_current(mut look: impl FnMut(&Frame)) {
    if FRAME.try_with(&mut look).is_err() {
        look(&Frame::default());
    }
}

/// Runs a future with a frame as the current one.
pub(crate) fn with_frame<F: Future>(frame: Frame, future: F) -> impl Future<Output = F::Output> {
    FRAME.scope(frame, future)
}

/// Runs a closure with a frame as the current one.
pub(crate) fn with_frame_sync<R>(frame: Frame, closure: impl FnOnce() -> R) -> R {
    FRAME.sync_scope(frame, closure)
}
