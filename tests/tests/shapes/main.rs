//! Every shape of function that `#[cached]` and `#[invalidate]` go on: it compiles without a warning, behaves as
//! before, and its second call is a hit.
//!
//! That no lint finds anything holds for what the attributes add, so the code that they are on is held to all lints
//! too. What is public has docs: see `src/public.rs`.
#![warn(clippy::pedantic, unused)]
#![deny(unfulfilled_lint_expectations)]

mod arguments;
mod async_traits;
mod attributes;
mod background;
mod futures;
mod generics;
mod invalidations;
mod lifetimes;
mod lints;
mod loads;
mod macros;
mod methods;
mod names;
mod owners;
mod parameters;
mod patterns;
mod plain;
mod public;
mod recursion;
mod tags;
mod traits;
mod types;
mod unkeyed;
mod values;
mod wrapped;
mod writers;
