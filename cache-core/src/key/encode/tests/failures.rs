//! Values that have no canonical bytes, and values whose `Serialize` errs.

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;
use crate::key::encode::failure::Failure;

fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, Failure> {
    let mut bytes = Bytes::new();
    Encoder::new(&mut bytes).value(value)?;
    Ok(bytes)
}

fn reason<T: Serialize + ?Sized>(value: &T) -> String {
    encode(value).unwrap_err().to_string()
}

#[derive(Clone, Copy)]
enum Through {
    Some,
    Newtype,
    Variant,
    Sequence,
    Tuple,
    Key,
    Value,
    Field,
}

/// A value within `levels` others.
struct Nested(Through, usize);

impl Serialize for Nested {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(through, levels) = *self;
        if levels == 0 {
            return serializer.serialize_unit();
        }
        let inner = Self(through, levels - 1);
        match through {
            Through::Some => serializer.serialize_some(&inner),
            Through::Newtype => serializer.serialize_newtype_struct("N", &inner),
            Through::Variant => serializer.serialize_newtype_variant("E", 0, "V", &inner),
            Through::Sequence => serializer.collect_seq([inner]),
            Through::Tuple => (inner,).serialize(serializer),
            Through::Key => serializer.collect_map([(inner, ())]),
            Through::Value => serializer.collect_map([((), inner)]),
            Through::Field => {
                let mut all = serializer.serialize_struct("S", 1)?;
                all.serialize_field("f", &inner)?;
                all.end()
            }
        }
    }
}

#[test]
fn values_may_lie_128_levels_deep_in_each_other() {
    use Through::{Field, Key, Newtype, Sequence, Some, Tuple, Value, Variant};

    for through in [Some, Newtype, Variant, Sequence, Tuple, Key, Value, Field] {
        assert!(encode(&Nested(through, 127)).is_ok());
        for levels in [128, 100_000_000] {
            assert_eq!(
                reason(&Nested(through, levels)),
                "values lie more than 128 levels deep in each other"
            );
        }
    }
}

#[test]
fn values_beside_each_other_are_not_deep() {
    assert!(encode(&vec![Some(Some(1)); 1000]).is_ok());
}

struct Refuses;

impl Serialize for Refuses {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("it refuses"))
    }
}

/// Writes something, then fails.
struct HalfWritten;

impl Serialize for HalfWritten {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (1, "two", Refuses).serialize(serializer)
    }
}

/// Goes on after the error of a part.
struct Forgiving;

impl Serialize for Forgiving {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        sequence.serialize_element(&HalfWritten).unwrap_err();
        sequence.serialize_element(&Nested(Through::Some, 200)).unwrap_err();
        sequence.serialize_element(&Nested(Through::Some, 125))?;
        sequence.end()
    }
}

struct ForgivingStruct;

impl Serialize for ForgivingStruct {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("S", 2)?;
        all.serialize_field("lost", &HalfWritten).unwrap_err();
        all.end()
    }
}

#[test]
fn a_part_that_fails_leaves_nothing_behind() {
    assert_eq!(reason(&HalfWritten), "it refuses");
    assert_eq!(encode(&Forgiving).unwrap(), encode(&vec![Nested(Through::Some, 125)]).unwrap());
    assert_eq!(&encode(&ForgivingStruct).unwrap()[..], [0x0d, 0]);
}

/// A map written by these calls: `k` a key, `v` a value, `x` a value that fails and whose error is ignored.
struct Calls(&'static str);

impl Serialize for Calls {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for call in self.0.chars() {
            match call {
                'k' => map.serialize_key(&1)?,
                'v' => map.serialize_value(&2)?,
                _ => assert!(map.serialize_value(&HalfWritten).is_err()),
            }
        }
        map.end()
    }
}

#[test]
fn keys_and_values_of_a_map_come_in_turns() {
    assert_eq!(encode(&Calls("kvkv")).unwrap().len(), 10);
    assert_eq!(encode(&Calls("kxv")).unwrap(), encode(&Calls("kv")).unwrap());
    assert_eq!(reason(&Calls("k")), "a key of a map has no value");
    assert_eq!(reason(&Calls("kx")), "a key of a map has no value");
    assert_eq!(reason(&Calls("kkv")), "a key of a map has no value");
    assert_eq!(reason(&Calls("v")), "a value of a map has no key");
    assert_eq!(reason(&Calls("kvv")), "a value of a map has no key");
}
