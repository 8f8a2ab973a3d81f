//! A Redis server that is simulated in the test's process.
//!
//! # Why not a real one?
//!
//! Tests over a real server take the system's time, and a server to be installed; what a fail-over loses or what is
//! evicted is left to chance. Here all of it follows from what a test says. That the two don't differ in anything that
//! matters is tested: the same random commands go to both.
//!
//! `machine` is the server without sockets, `commands` what it knows, `scripts` the cache's scripts in Rust; `house`,
//! `thread` and `connection` let clients in.

mod commands;
mod connection;
mod house;
mod machine;
mod options;
mod reply;
mod request;
mod scripts;
mod sim_redis;
mod thread;

pub use self::machine::SimVersion;
pub use self::options::SimRedisOptions;
pub use self::sim_redis::SimRedis;
