//! What cached functions do over a real server, whatever happens to it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod connecting;
mod damage;
mod executors;
mod fleet;
mod knowing;
mod leaders;
mod merging;
mod nesting;
mod outage;
mod paused;
mod processes;
mod regressions;
mod settings;
mod shared;
mod support;
mod tracking;
