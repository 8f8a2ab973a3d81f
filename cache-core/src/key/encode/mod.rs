//! The canonical bytes of a value: one form for equal values, different forms for different ones.
//!
//! Every value begins with a tag and says itself where it ends, so that values can be written one after the
//! other without ambiguity. What is not part of a value: the width and signedness of an integer, `f32` or
//! `f64`, the names of structs and enums, newtypes, references, the order of maps and sets, lengths announced
//! beforehand.
//!
//! # How are sets recognised?
//!
//! Serde knows no sets: a `HashSet` is a sequence in an order of its own. Its `Serialize` hands itself over
//! whole, though, to `collect_seq`, and there the name of the type tells. A set that arrives in another way
//! (through a buffer of serde's, as inside an internally tagged enum, or type-erased) is a sequence.

pub(crate) mod arguments;
mod bytes;
mod compound;
mod encoder;
mod failure;
mod format;
pub(super) mod reader;
mod set;
mod unordered;
mod values;

pub(crate) use arguments::Arguments;
pub(crate) use values::{Show, Values};

#[cfg(test)]
pub(super) mod tests;
