//! The cache that tests are given: what it does, and what it says when a test fails.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod messages;
mod outside;
mod seeds;
mod test_cache;
