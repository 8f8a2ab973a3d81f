//! The primitives of concurrency that are checked by a model of all their interleavings: that check compiles the
//! same files with other primitives in their place.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};
