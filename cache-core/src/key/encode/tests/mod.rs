//! The promises of the canonical bytes, each seen from outside of serde.

mod bytes;
mod decode;
mod equality;
mod failures;
mod injective;
pub(in crate::key) mod value;
