use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::*;
use crate::error::ErrorKind;
use crate::value::shapes::{Blob, Shape, shape};

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
