//! Runs a model under the interleavings of its threads.
//!
//! A model fails by an assertion, or because threads wait for each other for ever, which loom calls a deadlock. What
//! is dropped after a deadlock may end the whole program: the first message is the one that counts.

use loom::model::Builder;

/// How often threads that could go on are interrupted where a model has too many interleavings. Twice is enough for
/// every broken version that the models were tried with.
const INTERRUPTIONS: usize = 3;
/// Some operations lock every shard of a registry.
const STEPS: usize = 10_000;

/// Runs a model under every interleaving.
pub(crate) fn explore(model: impl Fn() + Send + Sync + 'static) {
    check(None, model);
}

/// Runs a model under every interleaving in which threads that could go on are interrupted a few times.
pub(crate) fn explore_most(model: impl Fn() + Send + Sync + 'static) {
    check(Some(INTERRUPTIONS), model);
}

fn check(interruptions: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // What the environment asks for goes first.
    builder.preemption_bound = builder.preemption_bound.or(interruptions);
    builder.max_branches = STEPS;
    builder.check(model);
}
