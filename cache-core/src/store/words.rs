//! What goes into a store and what comes out.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::protocol::{Generation, History, Incarnation, LeaseId, Nonce, Token, Tracker};
use crate::value::envelope::{EntryId, ServerTime};

/// What a store can do beyond the contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capability {
    /// It lies in this process: its answers are ready at once, and it keeps values as they are,
    /// without encoding them.
    pub local: bool,
    /// Its answers are ready at once, whatever is asked. Then nothing is handed to another task or thread: what a
    /// call stored or invalidated is there when the call returns. `local` stores are so, and those of tests.
    #[doc(hidden)]
    pub at_once: bool,
}

impl Capability {
    /// A store in this process.
    pub const LOCAL: Self = Self { local: true, at_once: true };
    /// A store that is shared with other processes.
    pub const SHARED: Self = Self { local: false, at_once: false };
    /// A store that behaves like one that is shared, in a test's own process.
    #[doc(hidden)]
    pub const AT_ONCE: Self = Self { local: false, at_once: true };
}

/// The payload of an entry.
#[derive(Clone, Debug)]
pub enum Body {
    /// Encoded: what follows an envelope's first part.
    Encoded(Bytes),
    /// The value itself; only stores with [`Capability::local`] are given it.
    Shared(Shared),
}

impl Body {
    /// The same on its own: what came from a server may be a part of a larger answer, all of which it would hold on to.
    pub(crate) fn detached(self) -> Self {
        match self {
            Self::Encoded(bytes) => Self::Encoded(Bytes::copy_from_slice(&bytes)),
            shared @ Self::Shared(_) => shared,
        }
    }

    /// How many bytes it counts.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self {
            Self::Encoded(bytes) => bytes.len(),
            Self::Shared(shared) => shared.weight,
        }
    }
}

/// A value as it is, shared by everybody who holds it.
#[derive(Clone)]
pub struct Shared {
    /// The value.
    pub value: Arc<dyn Any + Send + Sync>,
    /// How many bytes it counts.
    pub weight: usize,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("weight", &self.weight).finish_non_exhaustive()
    }
}

/// An entry as it lies in a store.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The first 12 bytes of its envelope: format, flags, the number of nonces, and its id.
    pub prefix: [u8; 12],
    /// Its id.
    pub id: EntryId,
    /// The nonces that were current before it was loaded.
    pub generation: Generation,
    /// When it was stored, by the store's clock.
    pub stored_at: ServerTime,
    /// How long it is fresh from then on.
    pub fresh: Duration,
    /// How long it lives from then on.
    pub ttl: Duration,
    /// The rest.
    pub body: Body,
}

impl Entry {
    /// An entry of which only the id can be read: a newer version may have written it. It is never valid, and
    /// its id is refused, so that it is replaced.
    #[cfg_attr(
        not(feature = "redis"),
        expect(dead_code, reason = "only a server is shared by several versions")
    )]
    pub(crate) fn unreadable(id: EntryId) -> Self {
        let (generation, stored_at) = (Generation::default(), ServerTime::default());
        let body = Body::Encoded(Bytes::new());
        Self { prefix: [0; 12], id, generation, stored_at, fresh: Duration::ZERO, ttl: Duration::ZERO, body }
    }

    pub(crate) fn is_unreadable(&self) -> bool {
        self.generation == Generation::default()
    }
}

/// A lease as it lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its id.
    pub id: LeaseId,
    /// The nonces that were current when it was granted.
    pub generation: Generation,
}

/// What a read is to tell beside the entry and its stamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The lease as well: the process loads the entry already, or waits for somebody who does.
    pub lease: bool,
    /// The process may keep the value: it is to be told of changes to everything that was read, if the store can
    /// do that.
    pub keep: bool,
}

/// What one read saw.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The entry, unless there is none.
    pub entry: Option<Entry>,
    /// The lease, if it was asked for and there is one.
    pub lease: Option<Lease>,
    /// The incarnation, unless there is none.
    pub incarnation: Option<Incarnation>,
    /// The stamps of the entry's groups, in the order of their names.
    pub stamps: SmallVec<[Option<Nonce>; 8]>,
    /// The replication history of the connection over which the reply came, if it is known.
    pub history: Option<History>,
    /// The store's clock, if it is known.
    pub now: Option<ServerTime>,
    /// Who tells the process of changes to what was read, if anybody does.
    pub tracker: Option<Tracker>,
}

/// A request for a lease.
#[derive(Clone, Copy, Debug)]
pub struct AcquireRequest {
    /// Sixteen random bytes, fresh for this sending.
    pub token: Token,
    /// How long the lease lives.
    pub lease: Duration,
    /// How long a stamp lives, where it has a time to live.
    pub stamp_ttl: Duration,
    /// The entry that the caller saw and can't use.
    pub refused: Option<EntryId>,
}

/// The answer to a request for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcquireReply {
    /// A valid entry is there: read again.
    Valid,
    /// The lease is the caller's.
    Granted(Lease),
    /// Somebody else has it, for this long still.
    Busy {
        /// The lease.
        lease: LeaseId,
        /// How long it lives still.
        remaining: Duration,
    },
    /// A writer's mark is open: load, and do not store.
    Marked,
    /// The incarnation is missing or of another history: call `ensure` first.
    Disowned,
}

/// A value to store under a lease.
#[derive(Clone, Debug)]
pub struct StoreRequest {
    /// The lease.
    pub lease: Lease,
    /// The first 12 bytes of the envelope.
    pub prefix: [u8; 12],
    /// How long the entry is fresh.
    pub fresh: Duration,
    /// How long the entry lives, at least as long as it is fresh.
    pub ttl: Duration,
    /// The rest of the envelope, or the value.
    pub body: Body,
}

/// The answer to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreReply {
    /// It is stored.
    Stored,
    /// Refused: the lease was lost, because the entry was invalidated, or it expired or was taken over.
    LeaseLost,
    /// Refused: a group of the entry was invalidated since the lease was granted.
    Invalidated,
}

/// A value to store without a load.
#[derive(Clone, Debug)]
pub struct PutRequest {
    /// Sixteen random bytes, fresh for this sending.
    pub token: Token,
    /// How long a stamp lives, where it has a time to live.
    pub stamp_ttl: Duration,
    /// The first 12 bytes of the envelope.
    pub prefix: [u8; 12],
    /// How long the entry is fresh.
    pub fresh: Duration,
    /// How long the entry lives, at least as long as it is fresh.
    pub ttl: Duration,
    /// The rest of the envelope, or the value.
    pub body: Body,
}

/// The answer to a put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutReply {
    /// It is stored, with this generation.
    Stored(Generation),
    /// A writer's mark is open: it is not stored.
    Marked,
    /// The incarnation is missing or of another history: call `ensure` first.
    Disowned,
}
