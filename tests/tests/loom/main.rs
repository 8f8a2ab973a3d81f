//! What threads share, under every interleaving of theirs that matters.
//!
//! The files of `cache-core` that are looked at here take atomics, mutexes and channels from `crate::sync`, and this
//! program compiles the very same files with those of loom in their place. Around them stand models: a few threads
//! that do what the cache does, and assertions that must hold whichever thread runs when. What a model can't do
//! without, and what is not looked at, is stood in for. A model whose name begins with `without` leaves out one
//! step that the protocol asks of callers, and has to fail: that shows that the models can.

// What ships.
#[expect(dead_code, reason = "the models use a part of what ships")]
mod flight;
mod protocol;
#[allow(unreachable_pub, reason = "what is public in the library is not in a program")]
#[expect(dead_code, reason = "the models use a part of what ships")]
mod store;

// What it stands on here.
mod clock;
mod counters;
mod key;
mod sync;

// The models.
mod circles;
mod explore;
mod fence;
mod flights;
mod tickets;
mod turns;
mod waiters;
