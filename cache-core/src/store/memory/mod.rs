//! A store in this process: bounded by bytes, evicting by S3-FIFO, expiring by the cache's clock.
//!
//! It keeps the same entries, leases and stamps as a server would, so that a cache over memory and a cache
//! over Redis go through one and the same protocol.

mod engine;
mod memory_store;

pub use self::memory_store::MemoryStore;
