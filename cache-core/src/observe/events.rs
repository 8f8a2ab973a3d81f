//! The events that the cache emits for `tracing`, all of them in one place.
//!
//! Target `cache`, level debug. A key is shown as it stands in the store.

use std::time::Duration;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    /// A call was served from the cache.
    Hit,
    /// A call found nothing to serve.
    Miss,
    /// A call was served by the load of another one.
    Joined,
    /// A load ended.
    Load { took: Duration, outcome: &'a str },
    /// A value was offered to the store.
    Store { outcome: &'a str },
}

/// Emits an event about a key.
pub(crate) fn emit(type_name: &str, key: &str, event: Event<'_>) {
    match event {
        Event::Hit => tracing::debug!(target: "cache", r#type = type_name, key, "hit"),
        Event::Miss => tracing::debug!(target: "cache", r#type = type_name, key, "miss"),
        Event::Joined => tracing::debug!(target: "cache", r#type = type_name, key, "joined"),
        Event::Load { took, outcome } => {
            tracing::debug!(target: "cache", r#type = type_name, key, ?took, outcome, "load");
        }
        Event::Store { outcome } => {
            tracing::debug!(target: "cache", r#type = type_name, key, outcome, "store");
        }
    }
}
