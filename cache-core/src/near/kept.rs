//! A value that is kept in the process.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use crate::clock::Moment;
use crate::observe::OfType;
use crate::protocol::Hold;
use crate::store::memory::MemoryStore;

/// A value that is kept, with what decides whether it may be served.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) value: Value,
    pub(crate) hold: Hold,
    /// From then on it is stale: the store is asked what to do.
    pub(crate) fresh_until: Moment,
    /// How many bytes it counts.
    pub(crate) weight: usize,
    /// Where its hits are counted.
    pub(crate) counters: Arc<OfType>,
}

/// A value, typed again by whoever asks for it.
pub(crate) enum Value {
    /// It lives here.
    Here(Arc<dyn Any + Send + Sync>),
    /// It lives in the process's own store, under this name, and goes when it goes there.
    InMemory { value: Weak<dyn Any + Send + Sync>, store: Arc<MemoryStore>, name: Box<str>, uses: AtomicU32 },
}

/// Kept instead of a value where a function said that there is none.
#[derive(Debug)]
pub(crate) struct NoValue;

impl Value {
    /// That there is none.
    pub(crate) fn absent() -> Self {
        Self::Here(Arc::new(NoValue))
    }
}

/// One use in so many is told to the store, so that it doesn't take a hot entry for a cold one.
const TOUCH: u32 = 16;

impl Kept {
    /// The value, unless it is gone.
    #[inline]
    pub(crate) fn value(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        match &self.value {
            Value::Here(value) => Some(value.clone()),
            Value::InMemory { value, store, name, uses } => {
                if uses.fetch_add(1, Ordering::Relaxed) % TOUCH == 0 {
                    store.touch(name);
                }
                value.upgrade()
            }
        }
    }

    #[inline]
    pub(super) fn is_gone(&self) -> bool {
        matches!(&self.value, Value::InMemory { value, .. } if value.strong_count() == 0)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here(_) => "Here",
            Self::InMemory { .. } => "InMemory",
        })
    }
}
