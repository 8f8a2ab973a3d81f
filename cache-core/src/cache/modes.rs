//! Calls that don't take what is there.

use crate::context::{Frame, Mode, current, with_frame, with_frame_sync};

/// Runs a future in which the outermost cached call loads and stores anew, whatever is cached.
///
/// The load whose value it gets began after the call: if one is running already it is waited for, and another one
/// follows. Calls inside that load are cached as usual.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// # let cache = cache_core::Cache::builder().memory_only().build()?;
/// use cache_core::{cached, refresh};
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// # static LOADS: AtomicU32 = AtomicU32::new(0);
///
/// #[cached]
/// async fn answer() -> u32 {
///     41 + LOADS.fetch_add(1, Ordering::Relaxed)
/// }
///
/// # cache.scope(async {
/// assert_eq!(answer().await, 41);
/// assert_eq!(answer().await, 41);
/// assert_eq!(refresh(answer()).await, 42);
/// assert_eq!(answer().await, 42);
/// # }).await;
/// # Ok::<(), cache_core::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn refresh<F: Future>(call: F) -> F::Output {
    with_frame(frame(Mode::Refresh), call).await
}

/// Runs a closure in which the outermost cached call of a plain function loads and stores anew, see [`refresh`].
pub fn refresh_sync<R>(call: impl FnOnce() -> R) -> R {
    with_frame_sync(frame(Mode::Refresh), call)
}

/// Runs a future in which the outermost cached call leaves the cache aside: its function runs, and nothing is stored.
/// Calls inside of it are cached as usual.
pub async fn bypass<F: Future>(call: F) -> F::Output {
    with_frame(frame(Mode::Bypass), call).await
}

/// Runs a closure in which the outermost cached call of a plain function leaves the cache aside, see [`bypass`].
pub fn bypass_sync<R>(call: impl FnOnce() -> R) -> R {
    with_frame_sync(frame(Mode::Bypass), call)
}

fn frame(mode: Mode) -> Frame {
    Frame { mode, ..current() }
}
