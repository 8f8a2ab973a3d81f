//! The events that the cache emits, all of them in one place: for `tracing`, and for an observer if there is one.
//!
//! Target `cache`, level debug. A key is shown as it stands in the store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// What happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[doc(hidden)]
pub enum Event<'a> {
    /// A call was served from the cache.
    Hit,
    /// A call found nothing to serve.
    Miss,
    /// A call was served by the load of another one.
    Joined,
    /// A load ended.
    Load {
        /// How long it took.
        took: Duration,
        /// What it gave.
        outcome: &'a str,
    },
    /// A load failed, and the last value was served.
    ServedOnError,
    /// A value was offered to the store.
    Store {
        /// What came of it.
        outcome: &'a str,
    },
    /// A call ran as if it were not cached. It has no key: the function stands in its place.
    Uncached {
        /// Why.
        why: &'a str,
    },
    /// Something was invalidated.
    Invalidation {
        /// What, in words.
        target: &'a str,
        /// Whether it is invalidated once more later, since nobody knows what becomes of the write.
        uncertain: bool,
    },
    /// The store did not do what it was asked.
    Unanswered {
        /// Why not.
        error: &'a Error,
    },
    /// A test seeded a value of another type than the function stores.
    Misfit {
        /// The type of what was seeded.
        seeded: &'static str,
        /// The type that the function stores.
        stored: &'static str,
    },
}

/// Is told of every event of a cache, on the thread where it happens. For tests: while there is one, every hit costs
/// the text of its key.
#[doc(hidden)]
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Is told of an event about a key.
    fn observe(&self, type_name: &str, key: &str, event: Event<'_>);
}

/// Where a cache's events go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events(Option<Arc<dyn Observer>>);

impl Events {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>) -> Self {
        Self(observer)
    }

    /// Whether anybody listens: what costs something is done only then.
    pub(crate) fn are_wanted(&self) -> bool {
        self.0.is_some() || tracing::enabled!(target: "cache", tracing::Level::DEBUG)
    }

    /// Emits an event about a key.
    pub(crate) fn emit(&self, type_name: &str, key: &str, event: Event<'_>) {
        if let Some(observer) = &self.0 {
            observer.observe(type_name, key, event);
        }
        trace(type_name, key, event);
    }
}

fn trace(type_name: &str, key: &str, event: Event<'_>) {
    match event {
        Event::Hit => tracing::debug!(target: "cache", r#type = type_name, key, "hit"),
        Event::Miss => tracing::debug!(target: "cache", r#type = type_name, key, "miss"),
        Event::Joined => tracing::debug!(target: "cache", r#type = type_name, key, "joined"),
        Event::Load { took, outcome } => {
            tracing::debug!(target: "cache", r#type = type_name, key, ?took, outcome, "load");
        }
        Event::ServedOnError => {
            tracing::debug!(target: "cache", r#type = type_name, key, "the load failed: the last value is served");
        }
        Event::Store { outcome } => {
            tracing::debug!(target: "cache", r#type = type_name, key, outcome, "store");
        }
        Event::Uncached { why } => {
            tracing::debug!(target: "cache", r#type = type_name, function = key, why, "uncached");
        }
        Event::Invalidation { target, uncertain } => {
            tracing::debug!(target: "cache", r#type = type_name, invalidated = target, uncertain, "invalidation");
        }
        Event::Unanswered { error } => {
            tracing::debug!(target: "cache", r#type = type_name, key, %error, "the store did not answer");
        }
        Event::Misfit { seeded, stored } => {
            tracing::warn!(target: "cache", r#type = type_name, key, seeded, stored, "a seeded value does not fit");
        }
    }
}
