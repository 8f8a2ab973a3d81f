//! Stores: where entries, leases and stamps lie.
//!
//! [`Store`] is the contract; [`memory`] keeps everything in the process, [`redis`] on a Redis or Valkey server.

mod changes;
mod contract;
pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(test)]
mod tests;
mod words;

pub use crate::key::names::Names;
pub use crate::protocol::{Generation, History, Incarnation, LeaseId, Nonce, Token, Tracker};

pub use self::changes::Changes;
pub use self::contract::{Answer, Store};
pub use self::words::{
    AcquireReply, AcquireRequest, Body, Capability, Entry, Lease, PutReply, PutRequest, Read, Shared,
    Snapshot, StoreReply, StoreRequest,
};
