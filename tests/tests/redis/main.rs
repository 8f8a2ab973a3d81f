//! What cached functions do over a real server, whatever happens to it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod damage;
mod executors;
mod leaders;
mod merging;
mod nesting;
mod outage;
mod processes;
mod regressions;
mod server;
mod settings;
mod shared;
mod support;
mod tracking;
