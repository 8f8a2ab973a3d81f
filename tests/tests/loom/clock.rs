//! Time, which stands still here.

use std::time::{Duration, Instant};

pub(crate) use cache_core::clock::Moment;

/// A time this much later.
pub(crate) fn later(now: Instant, duration: Duration) -> Instant {
    now + duration
}
