//! Sealing the rest of an envelope with a checksum, and opening it again.

use std::hash::Hasher;
use std::time::Duration;

use bytes::Bytes;
use twox_hash::xxhash3_64::{RawHasher, SecretBuffer};

use crate::error::{Error, ErrorKind};
use crate::value::envelope::head::{Fields, too_long};
use crate::value::envelope::raw::FORMAT;

/// The number of bytes that say how long the head is.
const LENGTH: usize = 2;
const CHECKSUM: usize = 8;
/// Where the times stand in the head: behind the codec, the compression and the number of the key.
const SOFT: usize = 4;
/// A head without tags, with its length and its checksum, is a little shorter than this.
const USUAL_HEAD: usize = 64;

/// Writes the rest of an envelope: what a store puts behind the prefix, the nonces and the time.
///
/// # Errors
///
/// If there are more tags than 255, or they don't fit into 64 KiB together with the other fields.
pub fn seal_rest(prefix: &[u8; 12], fields: &Fields, payload: &[u8]) -> Result<Bytes, Error> {
    let tags: usize = fields.tags.iter().map(|tag| tag.len() + 2).sum();
    let mut rest = Vec::with_capacity(USUAL_HEAD + tags + payload.len());
    rest.extend_from_slice(&[0; LENGTH]);
    fields.write(&mut rest)?;
    let head_len = u16::try_from(rest.len() - LENGTH + CHECKSUM).map_err(|_| too_long())?;
    rest[..LENGTH].copy_from_slice(&head_len.to_be_bytes());
    let checksum = checksum(prefix, &rest, payload);
    rest.extend_from_slice(&checksum);
    rest.extend_from_slice(payload);
    Ok(rest.into())
}

/// Reads the rest of an envelope, and gives what its head says and the payload, which is not copied.
///
/// # Errors
///
/// If the format is another, or anything that the checksum covers is damaged or missing.
pub fn open(prefix: &[u8; 12], rest: &Bytes) -> Result<(Fields, Bytes), Error> {
    open_slice(prefix, rest).map(|(fields, payload)| (fields, rest.slice_ref(payload)))
}

/// The same for a payload that is used at once.
pub(crate) fn open_slice<'r>(prefix: &[u8; 12], rest: &'r [u8]) -> Result<(Fields, &'r [u8]), Error> {
    if prefix[0] != FORMAT {
        return Err(unreadable("it is of another format"));
    }
    let (head, stored, payload) = cut(rest).ok_or_else(|| unreadable("its lengths are wrong"))?;
    if checksum(prefix, head, payload) != stored {
        return Err(unreadable("its checksum is wrong"));
    }
    let fields = Fields::read(&head[LENGTH..]).ok_or_else(|| unreadable("its head is of another layout"))?;
    Ok((fields, payload))
}

/// How long an entry is fresh, and how long it lives, as the rest of its envelope says. Nothing else is looked at,
/// the checksum neither: what a damaged entry says is refused when it is opened.
#[must_use]
pub fn times(rest: &[u8]) -> Option<(Duration, Duration)> {
    let millis = |at: usize| {
        let bytes = rest.get(at..at + 8)?.try_into().ok()?;
        Some(Duration::from_millis(u64::from_be_bytes(bytes)))
    };
    Some((millis(LENGTH + SOFT)?, millis(LENGTH + SOFT + 8)?))
}

/// Cuts a rest into its head with the length but without the checksum, the checksum, and the payload.
fn cut(rest: &[u8]) -> Option<(&[u8], [u8; CHECKSUM], &[u8])> {
    let head_len = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    let (head, rest) = rest.split_at_checked(LENGTH + head_len.checked_sub(CHECKSUM)?)?;
    let (checksum, payload) = rest.split_first_chunk()?;
    Some((head, *checksum, payload))
}

fn checksum(prefix: &[u8], head: &[u8], payload: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = RawHasher::new(SecretBuffer::default());
    hasher.write(prefix);
    hasher.write(head);
    hasher.write(payload);
    hasher.finish().to_be_bytes()
}

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::Codec, format!("the entry is unreadable: {why}"))
}
