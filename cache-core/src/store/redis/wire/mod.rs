//! One socket to a server: requests go out in the order in which they are made, and replies come back in it.
//!
//! # Why our own?
//!
//! A hit on the server is one `GET`, and what surrounds it decides over its price. redis-rs' multiplexed connection hands
//! each request to a task that writes, sets a timer for it, and takes the reply apart with parser combinators. Here
//! whoever asks writes the request itself, unless somebody is writing just now and takes it along; one watch looks after
//! the deadlines of all requests, which come in their order; and where a reply ends is found by counting. What is seldom
//! seen in a reply is left to redis-rs' parser, as are commands to its encoder.

mod frame;
mod keys;
mod line;
mod login;
mod outbox;
mod reader;
mod reply;
mod shared;
mod socket;
#[cfg(all(test, unix))]
mod tests;
mod waiting;
mod write;

pub(crate) use self::keys::Keys;
pub(crate) use self::line::Said;
pub(crate) use self::login::open;
pub(crate) use self::reply::{Reply, Texts};
pub(crate) use self::shared::Wire;
pub(crate) use self::waiting::{Outcome, Replies, late, one};

/// A wire over a socket of a test's own.
#[cfg(all(test, unix))]
pub(crate) fn over_unix(
    stream: tokio::net::UnixStream,
    clock: std::sync::Arc<dyn crate::clock::Clock>,
    listener: line::Listener,
) -> Wire {
    Wire::new(socket::of_unix(stream), clock, listener)
}
