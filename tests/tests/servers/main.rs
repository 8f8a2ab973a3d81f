//! The servers, proxies and faulty stores that the testkit gives to tests do what they are told, and never
//! outlive them.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod cluster;
mod faults;
mod forgetful;
mod mock;
mod promises;
mod proxy;
mod redis_server;
mod replica_set;
mod simulation;
mod support;
mod telling;
mod tls;
// What the simulated server is compared by.
#[path = "../sim/wire.rs"]
mod wire;
