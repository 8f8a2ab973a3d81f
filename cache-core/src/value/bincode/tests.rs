use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use proptest::prelude::*;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::*;

/// A type that has every shape serde knows, and contains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    Newtype(Wrapped),
    Tuple(Numbers, Letters, UnitStruct),
    Struct { below: Option<Box<Shape>>, more: Vec<Shape>, named: BTreeMap<String, Shape> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct UnitStruct;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Pair);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair((), (Option<()>, Blob));

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Numbers {
    signed: (i8, i16, i32, i64, i128),
    unsigned: (u8, u16, u32, u64, u128),
    floats: (f32, f64),
    flag: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letters {
    letter: char,
    text: String,
    shared: Box<str>,
    // Written as text where the format is for people, as numbers where it isn't.
    address: IpAddr,
}

#[derive(Clone, Debug, PartialEq)]
struct Blob(Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsBytes;
        impl Visitor<'_> for AsBytes {
            type Value = Blob;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.into()))
            }
        }
        deserializer.deserialize_byte_buf(AsBytes)
    }
}

fn leaf() -> impl Strategy<Value = Shape> {
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
    let pair = (any::<Option<()>>(), any::<Vec<u8>>())
        .prop_map(|(unit, blob)| Wrapped(Pair((), (unit, Blob(blob)))));
    prop_oneof![
        Just(Shape::Unit),
        pair.prop_map(Shape::Newtype),
        (numbers, letters).prop_map(|(numbers, letters)| Shape::Tuple(numbers, letters, UnitStruct)),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    leaf().prop_recursive(5, 32, 4, |inner| {
        let below = prop::option::of(inner.clone().prop_map(Box::new));
        let named = prop::collection::btree_map(".{0,8}", inner.clone(), 0..3);
        (below, prop::collection::vec(inner, 0..4), named).prop_map(|(below, more, named)| Shape::Struct {
            below,
            more,
            named,
        })
    })
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    Bincode.decode(bytes).map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::Codec);
        error.to_string()
    })
}

/// The encoding of a length, and nothing behind it.
fn only_a_length(len: u64) -> Vec<u8> {
    [[253].as_slice(), &len.to_le_bytes()].concat()
}

proptest! {
    #[test]
    fn every_shape_comes_back(shape in shape()) {
        let bytes = Bincode.encode(&shape)?;
        prop_assert_eq!(Bincode.decode::<Shape>(&bytes)?, shape);
    }

    #[test]
    fn no_part_of_an_encoding_is_one(shape in shape(), at: prop::sample::Index, more: u8) {
        let mut bytes = Bincode.encode(&shape)?;
        prop_assert!(decode::<Shape>(&bytes[..at.index(bytes.len())]).is_err());
        bytes.push(more);
        prop_assert!(decode::<Shape>(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<Shape>(&bytes);
        let _ = decode::<(String, Vec<String>, Option<Blob>)>(&bytes);
    }

    #[test]
    fn any_damage_is_survived(shape in shape(), damage: Vec<(prop::sample::Index, u8)>) {
        let mut bytes = Bincode.encode(&shape)?;
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = decode::<Shape>(&bytes);
    }
}

/// The format is fixed: entries outlive a build.
#[test]
fn the_bytes_of_a_value_are_these() -> Result<(), Error> {
    let value = (300_u16, -1_i64, "ab", Some(7_u8), [70_000_u32], true);
    let bytes = Bincode.encode(&value)?;
    assert_eq!(bytes, b"\xfb\x2c\x01\x01\x02ab\x01\x07\xfc\x70\x11\x01\x00\x01");
    Ok(())
}

#[test]
fn a_claimed_length_is_not_believed() {
    for len in [1 << 20, 1 << 30, 1 << 40, 1 << 62, u64::MAX] {
        let bytes = only_a_length(len);
        assert!(decode::<String>(&bytes).is_err(), "text of {len} bytes");
        assert!(decode::<Box<str>>(&bytes).is_err(), "text of {len} bytes");
        assert!(decode::<Blob>(&bytes).is_err(), "{len} bytes");
        assert!(decode::<Vec<u64>>(&bytes).is_err(), "{len} numbers");
        assert!(decode::<BTreeMap<u64, String>>(&bytes).is_err(), "{len} entries");
    }
}

#[test]
fn elements_without_bytes_end() -> Result<(), Error> {
    let error = decode::<Vec<()>>(&only_a_length(1 << 63)).expect_err("it would spin for centuries");
    assert!(error.ends_with("it claims more elements than its bytes can hold"), "{error}");
    let some = vec![(); 10_000];
    assert_eq!(Bincode.decode::<Vec<()>>(&Bincode.encode(&some)?)?, some);
    Ok(())
}

#[test]
fn a_hundred_and_twenty_eight_levels_are_read_and_no_more() -> Result<(), Error> {
    #[derive(Debug, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Chain(Option<Box<Chain>>);
    let chain = |levels| (0..levels).fold(Chain(None), |below, _| Chain(Some(Box::new(below))));
    assert!(decode::<Chain>(&Bincode.encode(&chain(128))?).is_ok());
    let error = decode::<Chain>(&Bincode.encode(&chain(129))?).expect_err("one level too many");
    assert!(error.ends_with("it nests deeper than 128 levels"), "{error}");
    assert!(decode::<Chain>(&[1; 1 << 20]).is_err());
    Ok(())
}

#[test]
fn bytes_left_over_are_told() {
    let error = decode::<u8>(&[7, 8, 9]).expect_err("two bytes too many");
    assert_eq!(error, "the bytes are no u8 in bincode: only 1 of 3 bytes belong to it");
}

#[test]
fn more_than_64_mib_is_refused() {
    let most = MAX_ENCODED_LEN - 5; // The length takes five bytes.
    let text = "x".repeat(most + 1);
    let error = Bincode.encode(&text).expect_err("too long");
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Codec, "this alloc::string::String takes more than 64 MiB encoded",)
    );
    let bytes = Bincode.encode(&text[..most]).expect("just short enough");
    assert_eq!(bytes.len(), MAX_ENCODED_LEN);
    assert_eq!(Bincode.decode::<String>(&bytes).expect("it is its encoding").len(), most);
    let error = decode::<String>(&vec![0; MAX_ENCODED_LEN + 1]).expect_err("too long");
    assert!(error.ends_with("they are more than 64 MiB"), "{error}");
}

#[test]
fn errors_do_not_quote_the_value() -> Result<(), Error> {
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
    let encoding = Bincode.encode(&Secret).expect_err("it always fails");
    let decoding = Bincode.decode::<Secret>(&Bincode.encode("hunter2")?).expect_err("it always fails");
    for error in [encoding, decoding] {
        let report = format!("{error:?}");
        assert!(report.contains("Secret") && !report.contains("hunter2"), "{report}");
    }
    Ok(())
}

#[test]
fn what_bincode_cannot_do_is_an_error() {
    struct Streamed;
    impl Serialize for Streamed {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(std::iter::successors(Some(1_u8), |n| n.checked_add(1)))
        }
    }
    let error = Bincode.encode(&Streamed).expect_err("its length is not known ahead");
    assert_eq!(error.kind(), ErrorKind::Codec);
}
