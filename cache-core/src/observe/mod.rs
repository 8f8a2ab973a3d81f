//! What the cache tells about itself: counters by type, and events for `tracing`.

mod events;
mod part;
mod stats;

#[doc(hidden)]
pub use self::events::{Event, Observer};
pub use self::stats::{Stats, TypeStats};

pub(crate) use self::events::Events;
pub(crate) use self::stats::{Counter, Counters, OfType};
