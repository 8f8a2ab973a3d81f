//! Reads canonical bytes back into the value that was written. What can be read back was written injectively.

use crate::key::encode::format::{
    BYTES, END, FALSE, FLOAT, MAP, NEGATIVE, NEWTYPE_VARIANT, NONE, POSITIVE, SEQUENCE, SET, SOME, STRUCT,
    STRUCT_VARIANT, TEXT, TRUE, TUPLE, TUPLE_VARIANT, UNIT, UNIT_VARIANT,
};
use crate::key::encode::tests::value::Value;

/// The arguments that the bytes hold.
pub(super) fn decode(mut bytes: &[u8]) -> Vec<(&'static str, Value)> {
    let mut arguments = Vec::new();
    while !bytes.is_empty() {
        arguments.push((name(&mut bytes), value(&mut bytes)));
    }
    arguments
}

fn value(bytes: &mut &[u8]) -> Value {
    match byte(bytes) {
        UNIT => Value::Unit,
        NONE => Value::None,
        SOME => Value::Some(Box::new(value(bytes))),
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        FLOAT => Value::Float(u64::from_be_bytes(take(bytes, 8).try_into().unwrap())),
        TEXT => Value::Text(text(bytes)),
        BYTES => Value::Bytes(counted(bytes)),
        SEQUENCE => Value::Sequence(until_end(bytes, value)),
        TUPLE => Value::Tuple(until_end(bytes, value)),
        SET => Value::Set(until_end(bytes, value)),
        MAP => Value::Map(until_end(bytes, |bytes| (value(bytes), value(bytes)))),
        STRUCT => Value::Struct(until_end(bytes, |bytes| (name(bytes), value(bytes)))),
        UNIT_VARIANT => Value::UnitVariant(leak(text(bytes))),
        NEWTYPE_VARIANT => Value::NewtypeVariant(leak(text(bytes)), Box::new(value(bytes))),
        TUPLE_VARIANT => Value::TupleVariant(leak(text(bytes)), until_end(bytes, value)),
        STRUCT_VARIANT => {
            Value::StructVariant(leak(text(bytes)), until_end(bytes, |bytes| (name(bytes), value(bytes))))
        }
        tag if tag >= NEGATIVE => {
            Value::Negative(0_i128.checked_sub_unsigned(integer(bytes, tag - NEGATIVE)).unwrap())
        }
        tag => Value::Positive(integer(bytes, tag - POSITIVE)),
    }
}

fn until_end<T>(bytes: &mut &[u8], part: impl Fn(&mut &[u8]) -> T) -> Vec<T> {
    let mut parts = Vec::new();
    while bytes[0] != END {
        parts.push(part(bytes));
    }
    assert_eq!(byte(bytes), END);
    parts
}

fn integer(bytes: &mut &[u8], length: u8) -> u128 {
    let mut whole = [0; 16];
    whole[16 - usize::from(length)..].copy_from_slice(take(bytes, length.into()));
    u128::from_be_bytes(whole)
}

fn name(bytes: &mut &[u8]) -> &'static str {
    assert_eq!(byte(bytes), TEXT);
    leak(text(bytes))
}

fn text(bytes: &mut &[u8]) -> String {
    String::from_utf8(counted(bytes)).unwrap()
}

fn counted(bytes: &mut &[u8]) -> Vec<u8> {
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = byte(bytes);
        length += usize::from(byte % 128) << shift;
        shift += 7;
        if byte < 128 {
            return take(bytes, length).to_vec();
        }
    }
}

fn byte(bytes: &mut &[u8]) -> u8 {
    take(bytes, 1)[0]
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken
}

fn leak(text: String) -> &'static str {
    text.leak()
}
