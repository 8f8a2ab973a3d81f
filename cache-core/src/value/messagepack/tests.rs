use proptest::strategy::Strategy;

use super::*;
use crate::value::shapes::{Blob, described_shape, properties};

properties!(MessagePack, described_shape());

/// A type that says something else when it is read than when it was written.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Described {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    skipped: Option<u8>,
    #[serde(flatten)]
    flat: Flat,
    either: Either,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Flat {
    id: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Either {
    Number(u64),
    Text(String),
}

#[test]
fn types_that_are_flattened_untagged_or_skipped_come_back() -> Result<(), Error> {
    for either in [Either::Number(7), Either::Text("seven".to_owned())] {
        let value = Described { skipped: None, flat: Flat { id: 1 }, either };
        assert_eq!(MessagePack.decode::<Described>(&MessagePack.encode(&value)?)?, value);
    }
    Ok(())
}

/// The format is fixed: entries outlive a build.
#[test]
fn the_bytes_of_a_value_are_these() -> Result<(), Error> {
    let bytes = MessagePack.encode(&(300_u16, -1_i64, Flat { id: 7 }, Some(7_u8), true))?;
    assert_eq!(bytes, b"\x95\xcd\x01\x2c\xff\x81\xa2id\x07\x07\xc3");
    Ok(())
}

#[test]
fn a_claimed_length_is_not_believed() {
    for marker in [0xdb, 0xc6, 0xdd, 0xdf] {
        let bytes = [marker, 0xff, 0xff, 0xff, 0xff];
        assert!(MessagePack.decode::<String>(&bytes).is_err());
        assert!(MessagePack.decode::<Blob>(&bytes).is_err());
        assert!(MessagePack.decode::<Vec<u64>>(&bytes).is_err());
        assert!(MessagePack.decode::<serde::de::IgnoredAny>(&bytes).is_err());
    }
}

#[test]
fn bytes_left_over_are_told() {
    let error = MessagePack.decode::<u8>(&[7, 8, 9]).expect_err("two bytes too many");
    assert_eq!(error.to_string(), "the bytes are no u8 in messagepack: only 1 of 3 bytes belong to it");
}
