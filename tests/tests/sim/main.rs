//! The simulated Redis server: that it does what a real one does, and what caches do over it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod differential;
mod player;
mod scripts;
mod steps;
mod wire;
