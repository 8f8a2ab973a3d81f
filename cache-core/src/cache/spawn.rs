//! Where work goes that no caller waits for.

use tokio::runtime::Handle;

use crate::background;

/// Spawns a future: on the caller's runtime, or on the cache's own thread where the caller has none or
/// blocks it. Without either it is dropped, and its drop guards do what must be done.
pub(crate) fn spawn<F>(blocking: bool, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    match Handle::try_current() {
        Ok(handle) if !blocking => drop(handle.spawn(future)),
        _ => drop(background::handle().map(|handle| handle.spawn(future))),
    }
}
