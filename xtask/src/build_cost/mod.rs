//! What the attribute adds to a build: the same functions without it, with it, and with a peer's.

mod generate;
mod measure;

pub(crate) use self::measure::build_cost;
