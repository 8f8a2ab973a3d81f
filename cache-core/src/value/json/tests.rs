use proptest::strategy::Strategy;

use super::*;
use crate::value::shapes::{described_shape, properties};

properties!(Json, described_shape());

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
        assert_eq!(Json.decode::<Described>(&Json.encode(&value)?)?, value);
    }
    Ok(())
}

/// The format is fixed: entries outlive a build.
#[test]
fn the_bytes_of_a_value_are_these() -> Result<(), Error> {
    let bytes = Json.encode(&(300_u16, -1_i64, Flat { id: 7 }, Some(0.1_f64), true))?;
    assert_eq!(bytes, br#"[300,-1,{"id":7},0.1,true]"#);
    Ok(())
}

#[test]
fn a_number_that_is_none_is_refused() -> Result<(), Error> {
    assert!(Json.decode::<f64>(&Json.encode(&f64::NAN)?).is_err());
    Ok(())
}

#[test]
fn what_follows_is_told() {
    let error = Json.decode::<u8>(b"7 8").expect_err("a number too many");
    assert_eq!(error.to_string(), "the bytes are no u8 in json: something follows it");
}
