//! What a tracked connection tells the process of changes.
//!
//! The server remembers every name that was read over such a connection, and writes a push into its output at
//! the moment when the name changes, so before the answer to any later command. The connection's reader hands
//! pushes and answers out in that order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use redis::Value;

use crate::protocol::Tracker;
use crate::store::changes::Changes;

/// The part of one connection in telling the process of changes.
#[derive(Debug)]
pub(crate) struct Tracking {
    changes: Arc<Changes>,
    tracker: Tracker,
    on: AtomicBool,
}

impl Tracking {
    pub(crate) fn new(changes: Arc<Changes>, tracker: Tracker) -> Self {
        Self { changes, tracker, on: AtomicBool::new(false) }
    }

    /// The server agreed to tell.
    pub(crate) fn begin(&self) {
        self.on.store(true, Ordering::Release);
    }

    /// Who tells of changes, if the server agreed to.
    pub(crate) fn tracker(&self) -> Option<Tracker> {
        self.on.load(Ordering::Acquire).then_some(self.tracker)
    }

    /// These names changed.
    pub(crate) fn changed(&self, names: &[Value]) {
        for name in names {
            if let Value::BulkString(name) = name {
                self.changes.changed(name);
            }
        }
    }

    /// Changes may have been missed, although the server can be trusted to tell of the next ones.
    pub(crate) fn missed(&self) {
        self.changes.lost();
    }

    /// Nothing is told any more. For a connection that was replaced long ago this costs some values that are
    /// kept, and harms nothing.
    pub(crate) fn lost(&self) {
        self.changes.lost();
        self.changes.end(self.tracker);
    }

    /// A heartbeat that was sent at this time was answered well.
    pub(crate) fn extend(&self, sent: Instant, bound: Duration) {
        self.changes.extend(self.tracker, sent, bound);
    }

    /// The server can't be trusted at the moment to know of every change.
    pub(crate) fn end(&self) {
        self.changes.end(self.tracker);
    }
}
