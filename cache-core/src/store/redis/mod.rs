//! A Redis or Valkey server as the store that processes share.
//!
//! # Why lanes?
//!
//! A checkout per command costs a second round trip, since a pool tests each connection that it hands out,
//! and it loses pipelining. So a few connections are checked out of the pool for long, the lanes; any
//! number of calls pipeline over each of them, and the names of one entry always take the same lane. Nothing
//! below the engine reconnects, redirects or retries by itself: a lane that fails is replaced by its keeper,
//! with backoff, while calls fail at once.
//!
//! One lane more, the tracked one, takes the reads whose values the process keeps, and every request for a lease:
//! over it the server tells of each later change of what was read. Over the others it tells of changes to stamps that
//! are read again and again, so that they need not be: entries take none of its memory there.

mod commands;
mod fault;
mod handshake;
mod keeper;
mod lane;
mod layout;
mod link;
mod look;
mod manager;
mod merge;
mod options;
mod post;
mod reading;
mod redis_store;
mod replies;
mod request;
mod scripts;
mod server;
mod stamps;
mod tracking;
mod wire;

pub(crate) use self::layout::Layout;
pub use self::options::RedisOptions;
pub use self::redis_store::RedisStore;
