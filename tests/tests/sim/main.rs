//! The simulated Redis server: that it does what a real one does, and what caches do over it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod caches;
mod differential;
mod hooks;
mod player;
mod promises;
mod scripts;
mod steps;
mod support;
mod wire;
