use proptest::strategy::Strategy;

use super::*;
use crate::value::shapes::{Blob, properties, shape};

properties!(Postcard, shape());

/// The format is fixed: entries outlive a build.
#[test]
fn the_bytes_of_a_value_are_these() -> Result<(), Error> {
    let value = (300_u16, -1_i64, "ab", Some(7_u8), [70_000_u32], true);
    assert_eq!(Postcard.encode(&value)?, b"\xac\x02\x01\x02ab\x01\x07\xf0\xa2\x04\x01");
    Ok(())
}

#[test]
fn a_claimed_length_is_not_believed() {
    for bytes in
        [&[0xff, 0xff, 0xff, 0xff, 0x7f][..], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]
    {
        assert!(Postcard.decode::<String>(bytes).is_err());
        assert!(Postcard.decode::<Blob>(bytes).is_err());
        assert!(Postcard.decode::<Vec<u64>>(bytes).is_err());
        let error = Postcard.decode::<Vec<()>>(bytes).expect_err("it would spin for long");
        assert!(error.to_string().ends_with("it claims more elements than its bytes can hold"), "{error}");
    }
}

#[test]
fn bytes_left_over_are_told() {
    let error = Postcard.decode::<u8>(&[7, 8, 9]).expect_err("two bytes too many");
    assert_eq!(error.to_string(), "the bytes are no u8 in postcard: only 1 of 3 bytes belong to it");
}
