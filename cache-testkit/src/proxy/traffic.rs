//! What went through.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::proxy::conditions::Side;

/// What went through a [`TcpProxy`](crate::TcpProxy) so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// How many connections were accepted.
    pub connections: u64,
    /// How many of them stand at the moment.
    pub open: u64,
    /// How many bytes were passed on to the server.
    pub request_bytes: u64,
    /// How many bytes were passed on to clients.
    pub reply_bytes: u64,
    /// How many bytes were swallowed, on both ways.
    pub swallowed_bytes: u64,
}

/// The same, while it is counted.
#[derive(Debug, Default)]
pub(super) struct Meter {
    connections: AtomicU64,
    open: AtomicU64,
    requests: AtomicU64,
    replies: AtomicU64,
    swallowed: AtomicU64,
}

/// A connection that stands.
#[derive(Debug)]
pub(super) struct Open<'a>(&'a AtomicU64);

impl Meter {
    pub(super) fn open(&self) -> Open<'_> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(&self.open)
    }

    pub(super) fn passed(&self, side: Side, bytes: usize) {
        let count = match side {
            Side::Requests => &self.requests,
            Side::Replies => &self.replies,
        };
        count.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn swallowed(&self, bytes: usize) {
        self.swallowed.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Traffic {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Traffic {
            connections: read(&self.connections),
            open: read(&self.open),
            request_bytes: read(&self.requests),
            reply_bytes: read(&self.replies),
            swallowed_bytes: read(&self.swallowed),
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
