//! How values become bytes and come back: codecs, and the envelope around what they wrote.
//!
//! Bytes that come out of a store are hostile until proved otherwise. Two things stand between them and a
//! value: the envelope's checksum, which tells what was damaged, and the guard around every codec's
//! deserializer, which keeps what was made on purpose from costing more than its own length.

#[cfg(feature = "bincode")]
pub mod bincode;
pub mod codec;
pub mod envelope;
// Only codecs use it.
#[cfg(any(feature = "bincode", test))]
mod guard;
pub mod kind;
pub(crate) mod schema;

#[cfg(feature = "bincode")]
pub use self::bincode::Bincode;
pub use self::codec::Codec;
pub use self::kind::CodecKind;
