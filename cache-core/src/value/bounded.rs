//! What all codecs have in common: how much a value may take, and what is said about one that can't be written or
//! read.

use std::any::type_name;
use std::io;

use crate::error::{Error, ErrorKind};
use crate::value::codec::MAX_ENCODED_LEN;
use crate::value::guard::budget::Budget;

/// Collects what is written, up to the most that a value may take.
#[derive(Debug, Default)]
pub(in crate::value) struct Bounded {
    pub(in crate::value) written: Vec<u8>,
    full: bool,
}

/// A value takes more than it may.
#[derive(Debug)]
pub(in crate::value) struct Full;

impl Bounded {
    pub(in crate::value) fn push(&mut self, bytes: &[u8]) -> Result<(), Full> {
        if bytes.len() > MAX_ENCODED_LEN - self.written.len() {
            self.full = true;
            return Err(Full);
        }
        self.written.extend_from_slice(bytes);
        Ok(())
    }

    /// What is said about a value that a codec failed to write here. The text of a type's own error is left out, since
    /// it may quote the value.
    pub(in crate::value) fn failed<T: ?Sized>(&self, codec: &str) -> Error {
        let name = type_name::<T>();
        let message = match self.full {
            true => format!("this {name} takes more than 64 MiB encoded"),
            false => format!("{codec} can't encode this {name}"),
        };
        Error::new(ErrorKind::Codec, message)
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes).map_err(|Full| io::Error::from(io::ErrorKind::StorageFull))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The budget for reading these bytes.
pub(in crate::value) fn budget<T>(codec: &str, bytes: &[u8]) -> Result<Budget, Error> {
    if bytes.len() > MAX_ENCODED_LEN {
        return Err(no_value::<T>(codec, "they are more than 64 MiB"));
    }
    Ok(Budget::for_input(bytes.len()))
}

/// What is said about bytes that a codec, or the guard around it, refused.
pub(in crate::value) fn refused<T>(codec: &str, budget: &Budget) -> Error {
    match budget.refusal() {
        Some(refusal) => no_value::<T>(codec, &refusal.to_string()),
        None => no_value::<T>(codec, "they are damaged, or were written for another type"),
    }
}

/// What is said about bytes of which only some belong to the value.
#[cfg(any(feature = "bincode", feature = "messagepack", feature = "postcard"))]
pub(in crate::value) fn left_over<T>(codec: &str, left: usize, bytes: &[u8]) -> Error {
    let read = bytes.len() - left;
    no_value::<T>(codec, &format!("only {read} of {} bytes belong to it", bytes.len()))
}

pub(in crate::value) fn no_value<T>(codec: &str, why: &str) -> Error {
    Error::new(ErrorKind::Codec, format!("the bytes are no {} in {codec}: {why}", type_name::<T>()))
}
