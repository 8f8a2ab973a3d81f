//! The names of the codecs, each where its feature makes it available: one that isn't is an error of the compiler,
//! which says what feature is missing.

/// bincode, with the feature `bincode`.
#[cfg(feature = "bincode")]
pub const BINCODE: &str = "bincode";
