//! The tags that the values begin with. They are part of every key: changing one loses every entry.

/// Ends whatever has a varying number of parts. No value begins with it.
pub(super) const END: u8 = 0x00;
pub(super) const UNIT: u8 = 0x01;
pub(super) const NONE: u8 = 0x02;
pub(super) const SOME: u8 = 0x03;
pub(super) const FALSE: u8 = 0x04;
pub(super) const TRUE: u8 = 0x05;
/// Followed by the eight bytes of an `f64`, the highest first.
pub(super) const FLOAT: u8 = 0x06;
/// Followed by the length and that many bytes, like [`BYTES`].
pub(super) const TEXT: u8 = 0x07;
pub(super) const BYTES: u8 = 0x08;
pub(super) const SEQUENCE: u8 = 0x09;
pub(super) const TUPLE: u8 = 0x0a;
pub(super) const SET: u8 = 0x0b;
/// Followed by key and value in turns, ordered by their bytes.
pub(super) const MAP: u8 = 0x0c;
/// Followed by name and value in turns, in the order of declaration.
pub(super) const STRUCT: u8 = 0x0d;
/// The four kinds of variant are followed by the variant's name, as a length and that many bytes.
pub(super) const UNIT_VARIANT: u8 = 0x0e;
pub(super) const NEWTYPE_VARIANT: u8 = 0x0f;
pub(super) const TUPLE_VARIANT: u8 = 0x10;
pub(super) const STRUCT_VARIANT: u8 = 0x11;
/// Plus the number of bytes of the magnitude (0 to 16), which follow, the highest first and not zero.
pub(super) const POSITIVE: u8 = 0x20;
/// The same for numbers below zero, whose magnitude has at least one byte.
pub(super) const NEGATIVE: u8 = 0x40;

/// The most bytes that the magnitude of an integer has.
pub(super) const MAX_MAGNITUDE: u8 = 16;
