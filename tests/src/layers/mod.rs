//! The check that every file imports only from its own layer or from layers above it.
//!
//! The order of layers is written down once, in `ARCHITECTURE.md`, for people; [`Order`] reads it from there.
//! [`check()`] reads a crate's sources and reports each path that goes against it.

mod check;
mod order;
mod paths;

pub use self::check::{Violation, check};
pub use self::order::Order;
