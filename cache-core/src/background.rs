//! The small thread of the cache's own: timers, journal, renewals, and what plain functions wait for.
//!
//! # Why a thread of its own?
//!
//! A cached function works under any executor and also without one, a guard that is dropped outside a
//! runtime still has to send its invalidation, and the runtime of a `#[tokio::test]` ends with its test.
//! One thread per process that nobody else can block or stop serves all of them.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, ErrorKind};

/// The runtime of the background thread, started at its first use.
///
/// # Errors
///
/// [`ErrorKind::Unexpected`] if the system refuses a thread; the next call tries again.
pub(crate) fn handle() -> Result<&'static Handle, Error> {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    let started = start()?;
    Ok(HANDLE.get_or_init(|| started))
}

fn start() -> Result<Handle, Error> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(refused)?;
    let handle = runtime.handle().clone();
    std::thread::Builder::new()
        .name("cache-background".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(refused)?;
    Ok(handle)
}

fn refused(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unexpected, "the cache's background thread could not be started").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_work_for_a_thread_without_a_runtime() {
        let (sender, receiver) = std::sync::mpsc::channel();
        handle().expect("threads are available").spawn(async move { sender.send(1) });
        assert_eq!(receiver.recv(), Ok(1));
    }
}
