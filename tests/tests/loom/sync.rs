//! The primitives that `cache-core` takes from its `sync`, as loom's or over loom's.

mod atomic;
mod lazy;
mod notify;
pub(crate) mod oneshot;

pub(crate) use std::sync::atomic::Ordering;

pub(crate) use loom::sync::atomic::AtomicBool;
pub(crate) use loom::sync::{Mutex, MutexGuard};

pub(crate) use self::atomic::AtomicU64;
pub(crate) use self::lazy::LazyLock;
pub(crate) use self::notify::Notify;
