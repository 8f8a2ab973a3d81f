//! Reads canonical bytes back, as far as keys are written out from them.

use crate::key::encode::format::{
    FALSE, FLOAT, MAX_MAGNITUDE, NEGATIVE, NONE, POSITIVE, SOME, TEXT, TRUE, UNIT_VARIANT,
};

/// A value that has no parts, or the mark in front of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::key) enum Scalar<'a> {
    Positive(u128),
    /// The magnitude of a number below zero.
    Negative(u128),
    Float(f64),
    Bool(bool),
    None,
    /// The value itself comes next.
    Some,
    Text(&'a str),
    Variant(&'a str),
}

/// Takes values from the front of canonical bytes. Bytes that no encoder wrote give `None`.
#[derive(Debug)]
pub(in crate::key) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(in crate::key) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(in crate::key) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value, or `None` if it has parts.
    pub(in crate::key) fn scalar(&mut self) -> Option<Scalar<'a>> {
        Some(match self.byte()? {
            NONE => Scalar::None,
            SOME => Scalar::Some,
            FALSE => Scalar::Bool(false),
            TRUE => Scalar::Bool(true),
            FLOAT => Scalar::Float(f64::from_be_bytes(self.take(8)?.try_into().ok()?)),
            TEXT => Scalar::Text(self.counted()?),
            UNIT_VARIANT => Scalar::Variant(self.counted()?),
            tag if (POSITIVE..=POSITIVE + MAX_MAGNITUDE).contains(&tag) => {
                Scalar::Positive(self.magnitude(tag - POSITIVE)?)
            }
            tag if (NEGATIVE..=NEGATIVE + MAX_MAGNITUDE).contains(&tag) => {
                Scalar::Negative(self.magnitude(tag - NEGATIVE)?)
            }
            _ => return None,
        })
    }

    fn magnitude(&mut self, length: u8) -> Option<u128> {
        let bytes = self.take(usize::from(length))?;
        Some(bytes.iter().fold(0, |magnitude, byte| magnitude << 8 | u128::from(*byte)))
    }

    fn counted(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(length);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}
