//! The serializer that writes canonical bytes.

use std::fmt::{self, Write};

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::key::encode::bytes::Bytes;
use crate::key::encode::compound::Compound;
use crate::key::encode::failure::Failure;
use crate::key::encode::format::{
    BYTES, FALSE, FLOAT, NEGATIVE, NEWTYPE_VARIANT, NONE, POSITIVE, SEQUENCE, SOME, STRUCT, STRUCT_VARIANT,
    TEXT, TRUE, TUPLE, TUPLE_VARIANT, UNIT, UNIT_VARIANT,
};
use crate::key::encode::set::is_set;
use crate::key::encode::unordered::Unordered;

/// How deep values may lie in each other; beyond that a stack overflow would be near.
const MAX_DEPTH: usize = 128;

/// Appends values to canonical bytes.
#[derive(Debug)]
pub(super) struct Encoder<'a> {
    pub(super) out: &'a mut Bytes,
    depth: usize,
}

impl<'a> Encoder<'a> {
    #[inline]
    pub(super) fn new(out: &'a mut Bytes) -> Self {
        Self { out, depth: 0 }
    }

    /// Appends a value one level deeper than the current one.
    ///
    /// A value that fails leaves nothing behind, for a `Serialize` impl may go on after the error of a part.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        if self.depth == MAX_DEPTH {
            return Err(Failure::new(format!("values lie more than {MAX_DEPTH} levels deep in each other")));
        }
        let (start, depth) = (self.out.len(), self.depth);
        self.depth += 1;
        let result = value.serialize(&mut *self);
        self.depth = depth;
        if result.is_err() {
            self.out.truncate(start);
        }
        result
    }

    /// Appends a string.
    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        self.out.push(TEXT);
        self.counted(text.as_bytes());
    }

    /// Appends the name of a variant behind its tag.
    pub(super) fn variant(&mut self, tag: u8, name: &str) {
        self.out.push(tag);
        self.counted(name.as_bytes());
    }

    /// The length, seven bits a byte and the lowest first, then the bytes.
    #[inline]
    fn counted(&mut self, bytes: &[u8]) {
        let mut length = bytes.len();
        while length > 0x7f {
            self.out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        self.out.push(length as u8);
        self.out.extend_from_slice(bytes);
    }

    /// The usual integers, tag and magnitude in one word.
    #[inline]
    fn short_integer(&mut self, tag: u8, magnitude: u64) {
        let len = 8 - magnitude.leading_zeros() / 8;
        // The bytes of the magnitude, the highest of them in the lowest place.
        let bytes = if len == 0 { 0 } else { (magnitude << (64 - 8 * len)).swap_bytes() };
        let word = (bytes << 8) | u64::from(tag + len as u8);
        self.out.push_word(word, (len as usize + 1).min(8));
        if len == 8 {
            self.out.push((bytes >> 56) as u8);
        }
    }

    fn integer(&mut self, tag: u8, magnitude: u128) {
        let bytes = magnitude.to_be_bytes();
        let zeros = magnitude.leading_zeros() as usize / 8;
        self.out.push(tag + (bytes.len() - zeros) as u8);
        self.out.extend_from_slice(&bytes[zeros..]);
    }
}

impl<'a, 'b> Serializer for &'a mut Encoder<'b> {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Compound<'a, 'b>;
    type SerializeTuple = Compound<'a, 'b>;
    type SerializeTupleStruct = Compound<'a, 'b>;
    type SerializeTupleVariant = Compound<'a, 'b>;
    type SerializeMap = Unordered<'a, 'b>;
    type SerializeStruct = Compound<'a, 'b>;
    type SerializeStructVariant = Compound<'a, 'b>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), Failure> {
        self.out.push(if value { TRUE } else { FALSE });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Failure> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Failure> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Failure> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Failure> {
        self.short_integer(if value < 0 { NEGATIVE } else { POSITIVE }, value.unsigned_abs());
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Failure> {
        self.integer(if value < 0 { NEGATIVE } else { POSITIVE }, value.unsigned_abs());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Failure> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Failure> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Failure> {
        self.serialize_u64(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Failure> {
        self.short_integer(POSITIVE, value);
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Result<(), Failure> {
        self.integer(POSITIVE, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Failure> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Failure> {
        // Adding zero makes -0.0 positive; the bits of a NaN differ between platforms.
        let value = if value.is_nan() { CANONICAL_NAN } else { (value + 0.0).to_bits() };
        self.out.push(FLOAT);
        self.out.extend_from_slice(&value.to_be_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Failure> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Failure> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Failure> {
        self.out.push(BYTES);
        self.counted(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Failure> {
        self.out.push(NONE);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        self.out.push(SOME);
        self.value(value)
    }

    fn serialize_unit(self) -> Result<(), Failure> {
        self.out.push(UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Failure> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Failure> {
        self.variant(UNIT_VARIANT, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        self.value(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        self.variant(NEWTYPE_VARIANT, variant);
        self.value(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::new(self, SEQUENCE))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::new(self, TUPLE))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::new(self, TUPLE))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::variant(self, TUPLE_VARIANT, variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Unordered<'a, 'b>, Failure> {
        Ok(Unordered::map(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::new(self, STRUCT))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a, 'b>, Failure> {
        Ok(Compound::variant(self, STRUCT_VARIANT, variant))
    }

    fn collect_seq<I>(self, items: I) -> Result<(), Failure>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        if is_set::<I>() {
            return Unordered::set(self, items);
        }
        let mut sequence = self.serialize_seq(None)?;
        items.into_iter().try_for_each(|item| sequence.serialize_element(&item))?;
        sequence.end()
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Failure> {
        let mut text = Text(Bytes::new());
        write!(text, "{value}").map_err(|_| Failure::new("a part of the value failed to write its text"))?;
        self.out.push(TEXT);
        self.counted(&text.0);
        Ok(())
    }
}

const CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// Collects text without the heap as long as it is short.
struct Text(Bytes);

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
