//! A wrapper around a codec's deserializer that makes hostile input harmless.
//!
//! # Why around the deserializer?
//!
//! A codec's own limits, where it has any, count bytes. Two attacks need hardly any: a recursive type whose
//! input nests without end exhausts the stack, and a sequence of things that take no bytes, such as `Vec<()>`,
//! spins as often as its length says. Serde calls back for every level and every element, so one wrapper stops
//! both for every codec and every type: [`budget`] says how much is allowed, [`wrap`] goes along.

pub(super) mod budget;
#[cfg(test)]
mod tests;
pub(super) mod wrap;
