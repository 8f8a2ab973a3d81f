//! The primitives of concurrency of files that are checked by a model of all their interleavings, which compiles
//! the same files with other primitives in their place.
//!
//! That check is a test, so unit tests inside such a file would become part of it: they stand in the `tests` module
//! of the file's folder.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(crate) use std::sync::{LazyLock, Mutex, MutexGuard};

pub(crate) use tokio::sync::{Notify, oneshot};
