//! What the cache tells about itself: counters by type, and events for `tracing`.

mod events;
mod part;
mod stats;

pub use self::stats::{Stats, TypeStats};

pub(crate) use self::events::{Event, emit};
pub(crate) use self::stats::{Counter, Counters, OfType};
