//! The fence and the journal: what this process has invalidated and the store has not yet acknowledged, and what
//! it invalidates once more later.

mod barrier;
mod repeats;
mod targets;
#[cfg(test)]
mod tests;

pub(crate) use self::barrier::{Batch, Fence, Unacknowledged};
pub(crate) use self::repeats::Repeats;
