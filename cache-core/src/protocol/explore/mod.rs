//! An explorer of the protocol: it drives the shipped decisions through every order of events.
//!
//! One entry of one group, a server whose commands are atomic, and processes with readers and writers. Each
//! read holds a real [`Call`](super::Call), fed with what the real [`Seen`](super::Seen) says about what was
//! read; each process has a real [`Fence`](super::Fence). What the engine does around them (flights, the
//! journal's worker, guards that are dropped) is carried out by the same rules. Sending a command, carrying
//! it out and taking its answer are steps of their own, and anything may happen between them: evictions,
//! expiries, a fail-over to a replica that lacks a suffix of what was acknowledged, lost answers, late
//! duplicates.
//!
//! Time is left out: a lease may expire at any moment, so nothing renews it, and looks at a lease that would
//! show nothing new are skipped. So are values that are cached in the process, of which there are none yet.
//!
//! Checked, where a version counts the writes to the source:
//!
//! - **S1** a read returns no version older than one whose invalidation was acknowledged anywhere before it;
//! - **S2** nor older than one whose invalidation returned in its process, acknowledged or not;
//! - **S4** when everything is quiet, nothing is served that is older than what was acknowledged, or than what the
//!   source applied after its writer was given up;
//! - **S5** nor older than the source, after a writer with a mark died;
//! - nobody waits for ever.
//!
//! Every case of the protocol holds (`cases`), and without any one of its ingredients some case does not
//! (`mutants`). Cases that have too many states for every test run are bounded; with `CACHE_EXPLORE=full` in
//! the environment their bound is a hundred times as high.

mod canonical;
mod case;
mod cases;
mod flights;
mod mutant;
mod mutants;
mod reader;
mod search;
mod server;
mod state;
mod step;
mod trouble;
mod words;
mod writer;
