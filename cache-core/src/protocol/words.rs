//! The words of the protocol: nonces, generations, leases, histories.

use std::fmt;

use smallvec::SmallVec;

/// The value of a stamp or an incarnation: it never stood under the same name before.
///
/// Four random bytes and the time of the execution that wrote it, by the server's clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce(pub [u8; 12]);

impl Nonce {
    /// Reads a nonce; `None` if the bytes are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The replication history that a server serves: the first 16 hex digits of its replication id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct History(pub [u8; 16]);

impl History {
    /// Reads a history; `None` if the bytes are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// The group of everything: its nonce, and the replication history in which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incarnation {
    /// The nonce.
    pub nonce: Nonce,
    /// The history.
    pub history: History,
}

impl Incarnation {
    /// Reads an incarnation as it lies in a store: 28 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (nonce, history) = bytes.split_at_checked(12)?;
        Some(Self { nonce: Nonce::from_bytes(nonce)?, history: History::from_bytes(history)? })
    }
}

/// The nonces of the incarnation and of an entry's groups, in this order, as they were before its load.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Generation(SmallVec<[u8; 96]>);

impl Generation {
    /// Reads a generation; `None` if the bytes aren't a whole number of nonces.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.len().is_multiple_of(12).then(|| Self(SmallVec::from_slice(bytes)))
    }

    /// The generation of these nonces.
    #[must_use]
    pub fn of(nonces: impl IntoIterator<Item = Nonce>) -> Self {
        let mut bytes = SmallVec::new();
        for nonce in nonces {
            bytes.extend_from_slice(&nonce.0);
        }
        Self(bytes)
    }

    /// The nonces one after the other.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The name of one lease: unique to the execution that granted it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseId(pub [u8; 24]);

impl LeaseId {
    /// Reads a lease id; `None` if the bytes are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Sixteen random bytes, fresh for every sending of a request.
pub type Token = [u8; 16];

macro_rules! debug_as_hex {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "("))?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str(")")
            }
        }
    )*};
}
debug_as_hex!(Nonce, History, Generation, LeaseId);
