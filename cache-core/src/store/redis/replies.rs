//! Redis' replies in the words of the store. Bytes that mean nothing are as good as absent.

use std::time::Duration;

use bytes::Bytes;
use redis::Value;

use crate::error::{Error, ErrorKind};
use crate::protocol::{Generation, Incarnation, LeaseId, Nonce, Words};
use crate::store::words::{AcquireReply, Body, Entry, Lease, PutReply, Snapshot, StoreReply};
use crate::value::envelope::{EntryId, Raw, times};

/// An entry and its lease, with everything that decides over the validity, as it was asked for.
pub(crate) fn snapshot<'a>(
    entry: Option<Bytes>,
    lease: Option<&[u8]>,
    mut groups: impl Iterator<Item = Option<&'a [u8]>>,
) -> Snapshot {
    let incarnation = groups.next().flatten().and_then(Incarnation::from_bytes);
    let stamps = groups.map(|bytes| bytes.and_then(Nonce::from_bytes)).collect();
    let (entry, lease) = (entry.and_then(self::entry), lease.and_then(self::lease));
    Snapshot { entry, lease, incarnation, stamps, history: None, now: None, tracker: None }
}

/// An entry and its lease, with everything that decides over the validity, as it is known.
pub(crate) fn with_known(entry: Option<Bytes>, lease: Option<&[u8]>, words: Words) -> Snapshot {
    let (incarnation, stamps) = words;
    let (entry, lease) = (entry.and_then(self::entry), lease.and_then(self::lease));
    Snapshot { entry, lease, incarnation: Some(incarnation), stamps, history: None, now: None, tracker: None }
}

fn entry(bytes: Bytes) -> Option<Entry> {
    let peeked = EntryId::peek(&bytes);
    let Some(raw) = Raw::split(bytes) else { return peeked.map(Entry::unreadable) };
    let generation = Generation::from_bytes(&raw.generation)?;
    let (prefix, id, stored_at) = (raw.prefix, raw.id, raw.stored_at);
    let (fresh, ttl) = times(&raw.rest).unwrap_or_default();
    Some(Entry { prefix, id, generation, stored_at, fresh, ttl, body: Body::Encoded(raw.rest) })
}

fn lease(bytes: &[u8]) -> Option<Lease> {
    let (id, generation) = bytes.strip_prefix(b"L")?.split_at_checked(24)?;
    Some(Lease { id: LeaseId::from_bytes(id)?, generation: Generation::from_bytes(generation)? })
}

/// Reads the reply to a request for a lease.
pub(crate) fn acquired(value: Value) -> Result<AcquireReply, Error> {
    let wrong = || unexpected("ACQUIRE");
    let Value::Array(values) = value else { return Err(wrong()) };
    let mut values = values.into_iter();
    let mut next = || values.next().ok_or_else(wrong);
    match next()? {
        Value::Int(0) => Ok(AcquireReply::Valid),
        Value::Int(1) => {
            let generation =
                bytes_of(next()?).and_then(|bytes| Generation::from_bytes(&bytes)).ok_or_else(wrong)?;
            let id = bytes_of(next()?).and_then(|bytes| LeaseId::from_bytes(&bytes)).ok_or_else(wrong)?;
            Ok(AcquireReply::Granted(Lease { id, generation }))
        }
        Value::Int(2) => {
            next()?;
            let Value::Int(millis) = next()? else { return Err(wrong()) };
            let remaining = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
            let lease = bytes_of(next()?).and_then(|bytes| LeaseId::from_bytes(&bytes)).ok_or_else(wrong)?;
            Ok(AcquireReply::Busy { lease, remaining })
        }
        Value::Int(3) => Ok(AcquireReply::Marked),
        Value::Int(4) => Ok(AcquireReply::Disowned),
        _ => Err(wrong()),
    }
}

/// Reads the reply to a store.
pub(crate) fn stored(value: &Value) -> Result<StoreReply, Error> {
    match value {
        Value::Int(1) => Ok(StoreReply::Stored),
        Value::Int(0) => Ok(StoreReply::LeaseLost),
        Value::Int(-1) => Ok(StoreReply::Invalidated),
        _ => Err(unexpected("STORE")),
    }
}

/// Reads the reply to a put.
pub(crate) fn put(value: Value) -> Result<PutReply, Error> {
    let Value::Array(values) = value else { return Err(unexpected("PUT")) };
    let mut values = values.into_iter();
    match (values.next(), values.next().and_then(bytes_of).and_then(|bytes| Generation::from_bytes(&bytes))) {
        (Some(Value::Int(1)), Some(generation)) => Ok(PutReply::Stored(generation)),
        (Some(Value::Int(3)), _) => Ok(PutReply::Marked),
        (Some(Value::Int(4)), _) => Ok(PutReply::Disowned),
        _ => Err(unexpected("PUT")),
    }
}

/// Reads the reply to a renewal.
pub(crate) fn renewed(value: &Value) -> Result<bool, Error> {
    match value {
        Value::Int(held) => Ok(*held != 0),
        _ => Err(unexpected("RENEW")),
    }
}

fn bytes_of(value: Value) -> Option<Bytes> {
    match value {
        Value::BulkString(bytes) => Some(bytes.into()),
        _ => None,
    }
}

pub(crate) fn unexpected(operation: &'static str) -> Error {
    Error::new(ErrorKind::Unexpected, "redis answered with something that is no answer")
        .with_operation(operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_under_any_name_is_absent_or_never_valid() {
        for bytes in [&b"x"[..], b"", &[0xff; 27], &[2; 500]] {
            let groups = [None, Some(bytes), None];
            let snapshot = snapshot(Some(Bytes::from_static(bytes)), Some(bytes), groups.into_iter());
            assert!(snapshot.entry.is_none_or(|entry| entry.is_unreadable()));
            assert!(snapshot.lease.is_none() && snapshot.incarnation.is_none());
            assert_eq!(snapshot.stamps.as_slice(), [None, None]);
        }
    }

    #[test]
    fn answers_that_are_none_are_errors() {
        for value in
            [Value::Nil, Value::Int(7), Value::Array(vec![]), Value::Array(vec![Value::Int(1), Value::Nil])]
        {
            assert!(acquired(value.clone()).is_err(), "{value:?}");
            assert!(put(value.clone()).is_err(), "{value:?}");
            assert!(stored(&value).is_err(), "{value:?}");
        }
    }
}
