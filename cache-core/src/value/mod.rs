//! How values become bytes and come back: codecs, and the envelope around what they wrote.
//!
//! Bytes that come out of a store are hostile until proved otherwise. Two things stand between them and a
//! value: the envelope's checksum, which tells what was damaged, and the guard around every codec's
//! deserializer, which keeps what was made on purpose from costing more than its own length.

#[cfg(feature = "bincode")]
pub mod bincode;
// Only codecs use it.
#[cfg(any(feature = "bincode", feature = "json", feature = "messagepack", feature = "postcard"))]
mod bounded;
pub mod codec;
pub mod envelope;
// Only codecs use it.
#[cfg(any(feature = "bincode", feature = "json", feature = "messagepack", feature = "postcard", test))]
mod guard;
#[cfg(feature = "json")]
pub mod json;
pub mod kind;
#[cfg(feature = "messagepack")]
pub mod messagepack;
#[cfg(feature = "postcard")]
pub mod postcard;
pub(crate) mod schema;
#[cfg(all(test, any(feature = "bincode", feature = "json", feature = "messagepack", feature = "postcard")))]
mod shapes;

#[cfg(feature = "bincode")]
pub use self::bincode::Bincode;
pub use self::codec::Codec;
#[cfg(feature = "json")]
pub use self::json::Json;
pub use self::kind::CodecKind;
#[cfg(feature = "messagepack")]
pub use self::messagepack::MessagePack;
#[cfg(feature = "postcard")]
pub use self::postcard::Postcard;
