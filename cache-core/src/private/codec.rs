//! The names of the codecs, each where its feature makes it available: one that isn't is an error of the compiler,
//! which says what feature is missing.

/// bincode, with the feature `bincode`.
#[cfg(feature = "bincode")]
pub const BINCODE: &str = "bincode";

/// postcard, with the feature `postcard`.
#[cfg(feature = "postcard")]
pub const POSTCARD: &str = "postcard";

/// MessagePack, with the feature `messagepack`.
#[cfg(feature = "messagepack")]
pub const MESSAGEPACK: &str = "messagepack";

/// JSON, with the feature `json`.
#[cfg(feature = "json")]
pub const JSON: &str = "json";
