//! One load at a time in the process.
//!
//! A *flight* is one load of one key and the calls that share it. It gathers while its leader asks for the
//! lease or waits for its turn, it is started when the load begins, and it is done when the load has ended
//! and its store is not answered yet. A call may always join a flight that has not started: its load will
//! begin after the call did. A flight that has started may be joined only by a call that saw in the store,
//! after it began itself, that the flight's lease is still good; that is for the protocol to say.

mod lead;
mod lease;
mod registry;
#[cfg(test)]
mod tests;
mod waits;

pub(crate) use self::lead::{Landing, Lead};
pub(crate) use self::lease::{LeaseGuard, now};
pub(crate) use self::registry::{Flights, Follower, Gathered, Handed, Joined, Outcome};
