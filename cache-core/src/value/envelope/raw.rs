//! An entry cut into the parts that its store handles.

use bytes::{Buf, Bytes};

use crate::value::envelope::words::{EntryId, ServerTime};

/// The version of the envelope that is written here.
pub(super) const FORMAT: u8 = 1;
const PREFIX_LEN: usize = 12;
const NONCE_LEN: usize = 12;
const TIME_LEN: usize = 8;

/// The first 12 bytes of an entry with `n` nonces, the incarnation's among them.
#[must_use]
pub fn prefix(flags: u8, n: u8, id: EntryId) -> [u8; 12] {
    let mut prefix = [FORMAT, flags, n, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    prefix[4..].copy_from_slice(&id.0);
    prefix
}

/// The flag of an entry that says that there is no value.
pub(crate) const ABSENT: u8 = 1;

/// Whether an entry says that there is no value.
pub(crate) fn is_absent(prefix: &[u8; 12]) -> bool {
    prefix[1] & ABSENT != 0
}

/// An entry as it lies in a store, cut into its parts; the rest is not looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// The first 12 bytes: format, flags, the number of nonces, zero, the id.
    pub prefix: [u8; 12],
    /// The id.
    pub id: EntryId,
    /// The nonces that were current before the value was loaded, one after the other.
    pub generation: Bytes,
    /// When the store accepted it.
    pub stored_at: ServerTime,
    /// What follows: head and payload, for [`open`](super::open).
    pub rest: Bytes,
}

impl Raw {
    /// Cuts an entry. `None` if it is of another format, or shorter than its first part says.
    ///
    /// Nothing is copied.
    #[must_use]
    pub fn split(mut bytes: Bytes) -> Option<Self> {
        let prefix: [u8; PREFIX_LEN] = *bytes.first_chunk()?;
        let [format, _flags, n, ..] = prefix;
        let generation_len = usize::from(n) * NONCE_LEN;
        if format != FORMAT || bytes.len() < PREFIX_LEN + generation_len + TIME_LEN {
            return None;
        }
        bytes.advance(PREFIX_LEN);
        let generation = bytes.split_to(generation_len);
        let stored_at = ServerTime::from_bytes(*bytes.first_chunk()?);
        bytes.advance(TIME_LEN);
        Some(Self { prefix, id: EntryId::peek(&prefix)?, generation, stored_at, rest: bytes })
    }
}

/// Puts an entry together, as a store does when it accepts one.
///
/// The caller guarantees that the generation has as many nonces as the prefix says.
#[must_use]
pub fn assemble(prefix: [u8; 12], generation: &[u8], stored_at: ServerTime, rest: &[u8]) -> Bytes {
    [prefix.as_slice(), generation, &stored_at.to_bytes(), rest].concat().into()
}
