//! The protocol's scripts, each in Rust as it is in Lua: line by line, with the same commands in the same order.
//!
//! A script is recognised by the digest of its text. Whoever changes a text changes its digest, and the server no
//! longer knows the script until the change was made here too.

mod acquire;
mod ensure;
mod known;
mod lua;
mod put;
mod renew;
mod script;
mod store;

pub(crate) use self::known::{Known, by_digest, digest};
pub(crate) use self::script::Script;
