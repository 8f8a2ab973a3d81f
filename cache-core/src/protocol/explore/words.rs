//! The protocol's words as small numbers, which states hold, and as what they really are.

use crate::protocol::words::{Generation, History, Incarnation, LeaseId, Nonce};

/// A nonce, the name of a lease, a token or the number of a flight: drawn once, never again.
pub(super) type Number = u16;
/// The version of the source that a value shows.
pub(super) type Version = u8;

/// The nonces of the incarnation and of the one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nonces(pub(super) Number, pub(super) Number);

impl Nonces {
    pub(super) fn generation(self) -> Generation {
        Generation::of([nonce(self.0), nonce(self.1)])
    }

    pub(super) fn of(generation: &Generation) -> Self {
        let bytes = generation.as_bytes();
        assert_eq!(bytes.len(), 24, "every entry here has one group");
        Self(number(&bytes[..12]), number(&bytes[12..]))
    }
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) id: Number,
    pub(super) version: Version,
    pub(super) nonces: Nonces,
    /// 0 while it is fresh, 1 while it is served and somebody reloads, 2 when it has to be replaced.
    pub(super) age: u8,
}

/// A lease: its name, and the nonces it was granted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) id: Number,
    pub(super) nonces: Nonces,
}

pub(super) fn nonce(number: Number) -> Nonce {
    Nonce(bytes(number))
}

pub(super) fn lease_id(number: Number) -> LeaseId {
    LeaseId(bytes(number))
}

pub(super) fn lease_number(id: LeaseId) -> Number {
    number(&id.0)
}

pub(super) fn history(history: u8) -> History {
    History([history; 16])
}

/// An incarnation's nonce and history.
pub(super) fn incarnation((number, written): (Number, u8)) -> Incarnation {
    Incarnation { nonce: nonce(number), history: history(written) }
}

pub(super) fn nonce_number(nonce: Nonce) -> Number {
    number(&nonce.0)
}

pub(super) fn incarnation_number(incarnation: Incarnation) -> (Number, u8) {
    (nonce_number(incarnation.nonce), incarnation.history.0[0])
}

fn bytes<const N: usize>(number: Number) -> [u8; N] {
    let mut bytes = [0; N];
    bytes[..2].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn number(bytes: &[u8]) -> Number {
    Number::from_be_bytes([bytes[0], bytes[1]])
}
