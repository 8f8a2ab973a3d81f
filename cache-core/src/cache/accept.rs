//! The typed side of a call, as the engine sees it.

use std::time::Instant;

use crate::protocol::Hold;
use crate::store::Body;

/// Takes what was found. Implemented by the typed side, which knows how to decode.
pub(crate) trait Accept: Send {
    /// Takes a value, which may be kept in the process if it says how.
    fn value(&mut self, prefix: &[u8; 12], body: &Body, keep: Option<Keep>) -> Result<(), Refusal>;
    /// Takes `None`; `false` if the function can't return it.
    fn absent(&mut self) -> bool;
}

/// How a value may be kept in the process.
#[derive(Debug)]
pub(crate) struct Keep {
    pub(crate) hold: Hold,
    pub(crate) fresh_until: Instant,
    pub(crate) weight: usize,
}

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It can't be decoded.
    Undecodable,
    /// It has another schema, written by a process that started at this time of the store's clock.
    OtherSchema { started_ms: u64 },
}
