//! Which codec to use, chosen when the program runs.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
#[cfg(feature = "bincode")]
use crate::value::bincode::Bincode;
use crate::value::codec::Codec;
#[cfg(feature = "json")]
use crate::value::json::Json;
#[cfg(feature = "messagepack")]
use crate::value::messagepack::MessagePack;
#[cfg(feature = "postcard")]
use crate::value::postcard::Postcard;

/// Defines the codecs, the preferred one first.
macro_rules! codecs {
    ($($kind:ident $feature:tt $doc:literal;)*) => {
        /// A codec that is built in. Each has a feature; without any of them the type has no value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CodecKind {
            $(#[doc = $doc] #[cfg(feature = $feature)] $kind,)*
        }

        impl CodecKind {
            /// Every codec that is built in, the preferred one first.
            pub const ALL: &'static [Self] = &[$(#[cfg(feature = $feature)] Self::$kind,)*];
        }

        impl Codec for CodecKind {
            fn id(&self) -> u8 {
                match *self {
                    $(#[cfg(feature = $feature)] Self::$kind => $kind.id(),)*
                }
            }

            fn name(&self) -> &'static str {
                match *self {
                    $(#[cfg(feature = $feature)] Self::$kind => $kind.name(),)*
                }
            }

            fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
                // Without features there is no codec to give it to.
                let _ = value;
                match *self {
                    $(#[cfg(feature = $feature)] Self::$kind => $kind.encode(value),)*
                }
            }

            fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
                let _ = bytes;
                match *self {
                    $(#[cfg(feature = $feature)] Self::$kind => $kind.decode(bytes),)*
                }
            }
        }
    };
}

codecs! {
    Bincode "bincode" "[`Bincode`]: small and fast, for types that say the same when they are written and when read.";
    Postcard "postcard" "[`Postcard`]: the same, for the same types, and its crate is maintained.";
    MessagePack "messagepack" "[`MessagePack`]: larger, and for all types.";
    Json "json" "[`Json`]: the largest, to be read by people.";
}

impl CodecKind {
    /// The codec to use when none was chosen, unless none is built in.
    #[must_use]
    pub fn default_available() -> Option<Self> {
        Self::ALL.first().copied()
    }

    /// The codec that has a number in stored entries, if it is built in.
    #[must_use]
    pub fn from_id(id: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }
}

impl fmt::Display for CodecKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for CodecKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().copied().find(|kind| kind.name() == name);
        known.ok_or_else(|| unknown(name))
    }
}

/// The codec of a cache, which may have been built without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AnyCodec(Option<CodecKind>);

impl AnyCodec {
    /// The codec to use when none was chosen. Without a built-in codec every use of it is an error, so that
    /// a cache that keeps everything in its process needs none.
    pub(crate) fn default_available() -> Self {
        Self(CodecKind::default_available())
    }

    /// No codec.
    #[cfg(all(test, feature = "bincode"))]
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// The codec that an entry says it was written with.
    pub(crate) fn from_id(id: u8) -> Result<Self, Error> {
        let unknown = || Error::new(ErrorKind::Codec, format!("no codec with the number {id} is built in"));
        CodecKind::from_id(id).map(Self::from).ok_or_else(unknown)
    }

    fn kind(&self) -> Result<CodecKind, Error> {
        self.0.ok_or_else(|| Error::new(ErrorKind::Config, NONE))
    }
}

impl From<CodecKind> for AnyCodec {
    fn from(kind: CodecKind) -> Self {
        Self(Some(kind))
    }
}

impl Codec for AnyCodec {
    fn id(&self) -> u8 {
        self.0.map_or(0, |kind| kind.id())
    }

    fn name(&self) -> &'static str {
        self.0.map_or("none", |kind| kind.name())
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
        self.kind()?.encode(value)
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
        self.kind()?.decode(bytes)
    }
}

const NONE: &str = "no codec is built in: enable the feature `bincode`";

fn unknown(name: &str) -> Error {
    let names: Vec<_> = CodecKind::ALL.iter().map(|kind| format!("`{kind}`")).collect();
    if names.is_empty() {
        return Error::new(ErrorKind::Config, NONE);
    }
    Error::new(ErrorKind::Config, format!("no codec is called `{name}`; built in: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_back_to_the_codec() -> Result<(), Error> {
        for kind in CodecKind::ALL {
            assert_eq!(kind.to_string().parse::<CodecKind>()?, *kind);
            assert_eq!(CodecKind::from_id(kind.id()), Some(*kind));
            assert_eq!(AnyCodec::from_id(kind.id())?, AnyCodec::from(*kind));
        }
        assert_eq!(AnyCodec::default_available().0, CodecKind::default_available());
        assert_eq!(AnyCodec::from_id(0).map_err(|error| error.kind()), Err(ErrorKind::Codec));
        assert_eq!(AnyCodec::from_id(255).map_err(|error| error.kind()), Err(ErrorKind::Codec));
        Ok(())
    }

    #[test]
    fn without_a_codec_every_use_names_the_feature() {
        let none = AnyCodec(None);
        let (encode, decode) =
            (none.encode("x").expect_err("no codec"), none.decode::<u8>(&[]).expect_err("no codec"));
        for error in [encode, decode] {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!(error.to_string(), "no codec is built in: enable the feature `bincode`");
        }
        assert_eq!((none.id(), none.name()), (0, "none"));
    }

    #[cfg(feature = "bincode")]
    #[test]
    fn bincode_is_number_one_and_the_default() -> Result<(), Error> {
        assert_eq!(CodecKind::default_available(), Some(CodecKind::Bincode));
        assert_eq!((CodecKind::Bincode.id(), CodecKind::Bincode.name()), (1, "bincode"));
        let codec = AnyCodec::default_available();
        assert_eq!(codec.decode::<(u8, String)>(&codec.encode(&(7_u8, "seven"))?)?, (7, "seven".into()));
        let error = "yaml".parse::<CodecKind>().expect_err("there is no such codec");
        assert!(error.to_string().starts_with("no codec is called `yaml`; built in: `bincode`"), "{error}");
        Ok(())
    }

    #[cfg(not(any(feature = "bincode", feature = "json", feature = "messagepack", feature = "postcard")))]
    #[test]
    fn without_a_feature_there_is_no_codec() {
        assert_eq!(CodecKind::default_available(), None);
        let error = "bincode".parse::<CodecKind>().expect_err("it is not built in");
        assert_eq!(error.to_string(), "no codec is built in: enable the feature `bincode`");
    }
}
