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
//! Processes keep values under real [`Hold`](super::Hold)s, over real [`Stripes`](super::Stripes) and a real
//! [`Validity`](super::Validity). What tells them of changes is a connection that hands out pushes and replies in
//! the order in which the server sent them, and that may be lost, noticed or not. Where a case says so, it remembers
//! incarnation and stamp in a real [`StampCache`](super::StampCache), and reads ask for the entry alone.
//!
//! Time is a few ticks, a staleness bound each, for what is kept alone. Otherwise it is left out: a lease may expire
//! at any moment, so nothing renews it, and looks at a lease that would show nothing new are skipped. So are
//! loads in the background: whoever is granted the lease to replace a stale entry loads.
//!
//! Checked, where a version counts the writes to the source:
//!
//! - **S1** a read returns no version older than one whose invalidation was acknowledged anywhere before it;
//! - **S2** nor older than one whose invalidation returned in its process, acknowledged or not;
//! - **S3** a value that is kept, for which S1 does not hold, is not served if an invalidation of a newer version was
//!   carried out more than a staleness bound before;
//! - **S4** when everything is quiet, nothing is served that is older than what was acknowledged, or than what the
//!   source applied after its writer was given up; and nothing such is kept that stays good;
//! - **S5** nor older than the source, after a writer with a mark died;
//! - **S6** when everything is quiet, what a connection knows of stamps is so;
//! - a refresh returns no version older than the source's when it began;
//! - nobody waits for ever.
//!
//! Every case of the protocol holds (`cases*`), and without any one of its ingredients some case does not
//! (`mutants*`). Cases that have too many states for every test run are bounded; with
//! `CACHE_EXPLORE=full` in the environment their bound is a hundred times as high.

mod canonical;
mod canonical_near;
mod case;
mod cases;
mod cases_known;
mod cases_near;
mod flights;
mod found;
mod known;
mod mutant;
mod mutants;
mod mutants_known;
mod mutants_near;
mod near;
mod reader;
mod search;
mod server;
mod state;
mod step;
mod tracking;
mod trouble;
mod words;
mod writer;
