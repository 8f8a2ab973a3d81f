//! The typed side of a call, as the engine sees it.

use crate::store::Body;

/// Takes what was found. Implemented by the typed side, which knows how to decode.
pub(crate) trait Accept: Send {
    /// Takes a value.
    fn value(&mut self, prefix: &[u8; 12], body: &Body) -> Result<(), Refusal>;
    /// Takes `None`; `false` if the function can't return it.
    fn absent(&mut self) -> bool;
}

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It can't be decoded.
    Undecodable,
    /// It has another schema, written by a process that started at this time of the store's clock.
    OtherSchema { started_ms: u64 },
}
