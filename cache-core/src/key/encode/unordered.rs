//! Values with parts whose order does not count: maps and sets.

use std::ops::Range;

use serde::ser::{Serialize, SerializeMap};
use smallvec::SmallVec;

use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;
use crate::key::encode::failure::Failure;
use crate::key::encode::format::{END, MAP, SET};

/// A map or set whose entries are being written, to be put in order at the end.
#[derive(Debug)]
pub(super) struct Unordered<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
    entries: SmallVec<[Range<usize>; 8]>,
    /// Where the key began whose value is still missing.
    open: Option<usize>,
}

impl<'a, 'b> Unordered<'a, 'b> {
    pub(super) fn map(encoder: &'a mut Encoder<'b>) -> Self {
        Self::new(encoder, MAP)
    }

    pub(super) fn set<I>(encoder: &'a mut Encoder<'b>, items: I) -> Result<(), Failure>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let mut set = Self::new(encoder, SET);
        for item in items {
            let start = set.encoder.out.len();
            set.encoder.value(&item)?;
            set.entry(start);
        }
        set.finish();
        Ok(())
    }

    fn new(encoder: &'a mut Encoder<'b>, tag: u8) -> Self {
        encoder.out.push(tag);
        Self { encoder, entries: SmallVec::new(), open: None }
    }

    fn entry(&mut self, start: usize) {
        self.entries.push(start..self.encoder.out.len());
    }

    fn finish(self) {
        put_in_order(self.encoder.out, self.entries);
        self.encoder.out.push(END);
    }
}

impl SerializeMap for Unordered<'_, '_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        if self.open.is_some() {
            return Err(Failure::new("a key of a map has no value"));
        }
        let start = self.encoder.out.len();
        self.encoder.value(key)?;
        self.open = Some(start);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let Some(start) = self.open else {
            return Err(Failure::new("a value of a map has no key"));
        };
        self.encoder.value(value)?;
        self.open = None;
        self.entry(start);
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        if self.open.is_some() {
            return Err(Failure::new("a key of a map has no value"));
        }
        self.finish();
        Ok(())
    }
}

/// Orders the entries, which fill the end of the bytes, by what they hold. No key is the beginning of
/// another, so this is the order of the keys, and of the values where keys are equal.
fn put_in_order(out: &mut Bytes, mut entries: SmallVec<[Range<usize>; 8]>) {
    if entries.is_sorted_by(|a, b| out[a.clone()] <= out[b.clone()]) {
        return;
    }
    let start = entries[0].start;
    entries.sort_unstable_by(|a, b| out[a.clone()].cmp(&out[b.clone()]));
    let mut ordered = Bytes::new();
    for entry in entries {
        ordered.extend_from_slice(&out[entry]);
    }
    out[start..].copy_from_slice(&ordered);
}
