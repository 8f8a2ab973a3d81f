//! Stores: where entries, leases and stamps lie.
//!
//! [`Store`] is the contract; [`memory`] keeps everything in the process, [`redis`] on a Redis or Valkey server.

mod contract;
pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;
mod words;

pub use crate::key::names::Names;
pub use crate::protocol::{Generation, History, Incarnation, LeaseId, Nonce, Token};

pub use self::contract::{Answer, Store};
pub use self::words::{
    AcquireReply, AcquireRequest, Body, Capability, Entry, Lease, PutReply, PutRequest, Shared, Snapshot,
    StoreReply, StoreRequest,
};
