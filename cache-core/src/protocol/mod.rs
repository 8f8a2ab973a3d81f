//! The consistency protocol, without I/O.
//!
//! Everything that decides whether a value may be served, joined, stored or forgotten is here, as plain
//! functions and state machines: they take what was read or what happened, and answer with what to do next.
//! No clock, no socket and no task; the engine around it only carries out what it says.

mod call;
mod decide;
#[cfg(test)]
mod explore;
mod fence;
mod hold;
#[cfg(any(feature = "redis", test))]
mod stamp_cache;
mod stripes;
#[cfg(test)]
mod tests;
mod validity;
mod words;

pub use self::validity::Tracker;
pub use self::words::{Generation, History, Incarnation, LeaseId, Nonce, Token};

pub(crate) use self::call::{Action, Call, Input, Permit};
pub(crate) use self::decide::{Lives, Seen, Stale, Verdict};
pub(crate) use self::fence::{Batch, Fence, Repeats, Unacknowledged};
pub(crate) use self::hold::{Hold, Standing};
#[cfg(feature = "redis")]
pub(crate) use self::stamp_cache::{Asked, StampCache, Word, Words};
pub(crate) use self::stripes::{Places, Stripes, Ticket};
pub(crate) use self::validity::Validity;
