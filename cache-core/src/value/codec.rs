//! The contract of a codec.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The most bytes that a value may take encoded: 64 MiB.
#[cfg(any(feature = "bincode", feature = "json", feature = "messagepack", feature = "postcard"))]
pub(crate) const MAX_ENCODED_LEN: usize = 64 << 20;

/// Turns values into bytes and bytes into values.
///
/// An implementation guarantees, and the caller relies on it:
///
/// - What [`encode`](Self::encode) wrote, [`decode`](Self::decode) reads back as an equal value or refuses
///   with an error, but never as another value. The codec's own documentation names the types that it can't
///   promise this for, such as those that leave out fields if the codec writes no names.
/// - The same bytes mean the same value in every process that knows the codec by its
///   [`id`](Self::id), on every platform.
/// - `decode` takes any bytes whatever. It doesn't panic, it doesn't exhaust the stack, and it allocates and
///   works no more than a constant factor of their number, where the constant depends on the type alone.
/// - `decode` uses all of the bytes: what is left over is an error.
/// - Errors are of the kind [`Codec`](crate::ErrorKind::Codec), and quote no text of the value.
pub trait Codec {
    /// The number that stands for the codec in stored entries. It never changes, and no other codec has it:
    /// 1 is bincode, 2 postcard, 3 MessagePack, 4 JSON.
    fn id(&self) -> u8;

    /// The name that stands for the codec in settings.
    fn name(&self) -> &'static str;

    /// Writes a value.
    ///
    /// # Errors
    ///
    /// If the value's `Serialize` asks for what the codec can't write, fails itself, or gives more than
    /// 64 MiB.
    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error>;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// If the bytes are not the encoding of a `T`, or of one that is too deeply nested to be read.
    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error>;
}
