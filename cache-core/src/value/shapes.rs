//! Values of every shape, for the tests of codecs, and what holds for every codec.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use proptest::prelude::*;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A type that has every shape serde knows, and contains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) enum Shape {
    Unit,
    Newtype(Wrapped),
    Tuple(Numbers, Letters, UnitStruct),
    Struct { below: Option<Box<Shape>>, more: Vec<Shape>, named: BTreeMap<String, Shape> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) struct UnitStruct;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) struct Wrapped(Pair);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) struct Pair((), (Option<()>, Blob));

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) struct Numbers {
    signed: (i8, i16, i32, i64, i128),
    unsigned: (u8, u16, u32, u64, u128),
    floats: (f32, f64),
    flag: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::value) struct Letters {
    letter: char,
    text: String,
    shared: Box<str>,
    // Written as text where the format is for people, as numbers where it isn't.
    address: IpAddr,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::value) struct Blob(pub(in crate::value) Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsBytes;
        impl<'de> Visitor<'de> for AsBytes {
            type Value = Blob;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<Blob, A::Error> {
                let mut blob = Vec::new();
                while let Some(byte) = bytes.next_element()? {
                    blob.push(byte);
                }
                Ok(Blob(blob))
            }
        }
        deserializer.deserialize_byte_buf(AsBytes)
    }
}

/// `unit` makes the optional units: what describes itself can't tell `Some(())` from `None`.
fn leaf(unit: BoxedStrategy<Option<()>>) -> impl Strategy<Value = Shape> {
    let numbers = (any::<(i8, i16, i32, i64, i128)>(), any::<(u8, u16, u32, u64, u128)>());
    let numbers = (numbers, -1e30_f32..1e30, -1e300_f64..1e300, any::<bool>());
    let numbers = numbers.prop_map(|((signed, unsigned), single, double, flag)| Numbers {
        signed,
        unsigned,
        floats: (single, double),
        flag,
    });
    let letters = (any::<char>(), ".*", ".*", any::<IpAddr>());
    let letters = letters.prop_map(|(letter, text, shared, address)| Letters {
        letter,
        text,
        shared: shared.into(),
        address,
    });
    let pair = (unit, any::<Vec<u8>>()).prop_map(|(unit, blob)| Wrapped(Pair((), (unit, Blob(blob)))));
    prop_oneof![
        Just(Shape::Unit),
        pair.prop_map(Shape::Newtype),
        (numbers, letters).prop_map(|(numbers, letters)| Shape::Tuple(numbers, letters, UnitStruct)),
    ]
}

/// Values for a codec that writes no types.
#[cfg(any(feature = "bincode", feature = "postcard"))]
pub(in crate::value) fn shape() -> impl Strategy<Value = Shape> {
    shape_with(any::<Option<()>>().boxed())
}

/// Values for a codec that describes what it writes.
#[cfg(any(feature = "json", feature = "messagepack"))]
pub(in crate::value) fn described_shape() -> impl Strategy<Value = Shape> {
    shape_with(Just(None).boxed())
}

fn shape_with(unit: BoxedStrategy<Option<()>>) -> impl Strategy<Value = Shape> {
    leaf(unit).prop_recursive(5, 32, 4, |inner| {
        let below = prop::option::of(inner.clone().prop_map(Box::new));
        let named = prop::collection::btree_map(".{0,8}", inner.clone(), 0..3);
        (below, prop::collection::vec(inner, 0..4), named).prop_map(|(below, more, named)| Shape::Struct {
            below,
            more,
            named,
        })
    })
}

/// The properties of every codec.
#[cfg(any(feature = "json", feature = "messagepack", feature = "postcard"))]
macro_rules! properties {
    ($codec:expr, $shapes:expr) => {
        proptest::proptest! {
            #[test]
            fn every_shape_comes_back(shape in $shapes) {
                let bytes = $codec.encode(&shape)?;
                proptest::prop_assert_eq!($codec.decode::<$crate::value::shapes::Shape>(&bytes)?, shape);
            }

            #[test]
            fn no_part_of_an_encoding_is_one(
                shape in $shapes,
                at: proptest::sample::Index,
                more in proptest::prelude::any::<u8>().prop_filter("white space is none", |it| !it.is_ascii_whitespace()),
            ) {
                let mut bytes = $codec.encode(&shape)?;
                let part = &bytes[..at.index(bytes.len())];
                proptest::prop_assert!($codec.decode::<$crate::value::shapes::Shape>(part).is_err());
                bytes.push(more);
                proptest::prop_assert!($codec.decode::<$crate::value::shapes::Shape>(&bytes).is_err());
            }

            #[test]
            fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
                let _ = $codec.decode::<$crate::value::shapes::Shape>(&bytes);
                let _ = $codec.decode::<(String, Vec<String>, Option<$crate::value::shapes::Blob>)>(&bytes);
                let _ = $codec.decode::<serde::de::IgnoredAny>(&bytes);
            }

            #[test]
            fn any_damage_is_survived(
                shape in $shapes,
                damage: Vec<(proptest::sample::Index, u8)>,
            ) {
                let mut bytes = $codec.encode(&shape)?;
                for (at, byte) in damage {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                let _ = $codec.decode::<$crate::value::shapes::Shape>(&bytes);
            }
        }

        #[test]
        fn errors_do_not_quote_the_value() {
            $crate::value::shapes::quotes_nothing(&$codec);
        }

        #[test]
        fn more_than_64_mib_is_refused() {
            $crate::value::shapes::is_bounded(&$codec);
        }

        #[test]
        fn levels_are_limited() {
            $crate::value::shapes::levels_are_limited(&$codec);
        }
    };
}

#[cfg(any(feature = "json", feature = "messagepack", feature = "postcard"))]
pub(in crate::value) use properties;

#[cfg(any(feature = "json", feature = "messagepack", feature = "postcard"))]
mod checks {
    use super::*;
    use crate::error::ErrorKind;
    use crate::value::codec::{Codec, MAX_ENCODED_LEN};

    #[derive(Debug)]
    struct Secret;

    impl Serialize for Secret {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("hunter2 is too short"))
        }
    }

    impl<'de> Deserialize<'de> for Secret {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            Err(serde::de::Error::custom(format!("{text} is too short")))
        }
    }

    pub(in crate::value) fn quotes_nothing(codec: &impl Codec) {
        let text = codec.encode("hunter2").expect("a text can be encoded");
        let encoding = codec.encode(&Secret).expect_err("it always fails");
        let decoding = codec.decode::<Secret>(&text).expect_err("it always fails");
        let other = codec.decode::<(bool, char)>(&text).expect_err("it is a text");
        for error in [encoding, decoding, other] {
            let report = format!("{error:?}");
            assert_eq!(error.kind(), ErrorKind::Codec);
            assert!(!report.contains("hunter2"), "{report}");
        }
    }

    pub(in crate::value) fn is_bounded(codec: &impl Codec) {
        let error = codec.encode(&"x".repeat(MAX_ENCODED_LEN)).expect_err("too long");
        assert!(error.to_string().ends_with("takes more than 64 MiB encoded"), "{error}");
        let error = codec.decode::<String>(&vec![0; MAX_ENCODED_LEN + 1]).expect_err("too long");
        assert!(error.to_string().ends_with("they are more than 64 MiB"), "{error}");
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Chain(Vec<Chain>);

    pub(in crate::value) fn levels_are_limited(codec: &impl Codec) {
        let chain = |levels| (0..levels).fold(Chain(Vec::new()), |below, _| Chain(vec![below]));
        let decode =
            |levels| codec.decode::<Chain>(&codec.encode(&chain(levels)).expect("it can be encoded"));
        assert!(decode(50).is_ok());
        assert_eq!(decode(200).expect_err("too deep").kind(), ErrorKind::Codec);
    }
}

#[cfg(any(feature = "json", feature = "messagepack", feature = "postcard"))]
pub(in crate::value) use checks::{is_bounded, levels_are_limited, quotes_nothing};
