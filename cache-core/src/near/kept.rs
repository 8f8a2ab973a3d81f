//! A value that is kept in the process.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use crate::observe::OfType;
use crate::protocol::Hold;
use crate::store::memory::MemoryStore;

/// A value that is kept, with what decides whether it may be served.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) value: Value,
    pub(crate) hold: Hold,
    /// From then on it is stale: the store is asked what to do.
    pub(crate) fresh_until: Instant,
    /// How many bytes it counts.
    pub(crate) weight: usize,
    /// Where its hits are counted.
    pub(crate) counters: Arc<OfType>,
}

/// A value, typed again by whoever asks for it.
pub(crate) enum Value {
    /// It lives here.
    Here(Arc<dyn Any + Send + Sync>),
    /// There is none.
    Absent,
    /// It lives in the process's own store, under this name, and goes when it goes there.
    InMemory { value: Weak<dyn Any + Send + Sync>, store: Arc<MemoryStore>, name: Box<str>, uses: AtomicU32 },
}

/// One use in so many is told to the store, so that it doesn't take a hot entry for a cold one.
const TOUCH: u32 = 16;

impl Kept {
    /// Whether there is no value.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.value, Value::Absent)
    }

    /// The value, unless there is none, it is gone or of another type.
    pub(crate) fn value<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = match &self.value {
            Value::Absent => return None,
            Value::Here(value) => value.clone(),
            Value::InMemory { value, store, name, uses } => {
                if uses.fetch_add(1, Ordering::Relaxed) % TOUCH == 0 {
                    store.touch(name);
                }
                value.upgrade()?
            }
        };
        Arc::downcast(value).ok()
    }

    pub(super) fn is_gone(&self) -> bool {
        matches!(&self.value, Value::InMemory { value, .. } if value.strong_count() == 0)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here(_) => "Here",
            Self::Absent => "Absent",
            Self::InMemory { .. } => "InMemory",
        })
    }
}
