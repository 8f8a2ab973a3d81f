//! What every [`Store`](cache_core::store::Store) must do, as tests.
//!
//! There is one case for each sentence under "Behavior" in the contract; its documentation is that sentence.
//! An author of a store runs all of them with one line, see [`conformance!`](crate::conformance!).

pub mod cases;
mod subject;
mod suite;

pub use self::subject::{Behind, Subject};
pub use self::suite::run;
