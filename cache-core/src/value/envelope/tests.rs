use bytes::Bytes;
use proptest::prelude::*;
use twox_hash::XxHash3_64;

use super::*;
use crate::error::{Error, ErrorKind};

const ID: EntryId = EntryId([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7]);
const STORED_AT: ServerTime = ServerTime { seconds: 0x6543_2100, micros: 999_999 };
const PAYLOAD: &[u8] = b"payload";

fn fields() -> Fields {
    Fields {
        codec: 1,
        compression: 2,
        seal_key: 0x0304,
        soft_ms: 0x1112_1314_1516_1718,
        hard_ms: 0x2122_2324_2526_2728,
        load_ms: 0x3132_3334,
        plain_len: 7,
        schema: 0x4142_4344_4546_4748,
        writer: Writer { started_ms: 0x5152_5354_5556_5758, hash: 0x6162_6364_6566_6768 },
        tags: vec!["item:7".into(), "ä".into()],
    }
}

fn sealed() -> Result<([u8; 12], Bytes), Error> {
    let prefix = prefix(0, 3, ID);
    Ok((prefix, seal_rest(&prefix, &fields(), PAYLOAD)?))
}

/// Seals any head whatever with a right checksum.
fn seal_head(prefix: &[u8; 12], head: &[u8], payload: &[u8]) -> Bytes {
    let length = u16::try_from(head.len() + 8).expect("a short head").to_be_bytes();
    let checksum = XxHash3_64::oneshot(&[prefix.as_slice(), &length, head, payload].concat());
    [&length, head, &checksum.to_be_bytes(), payload].concat().into()
}

#[test]
fn what_was_sealed_is_opened() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    let (read, payload) = open(&prefix, &rest)?;
    assert_eq!((read, &payload[..]), (fields(), PAYLOAD));
    assert_eq!(payload.as_ptr(), rest[rest.len() - PAYLOAD.len()..].as_ptr(), "the payload is not copied");
    Ok(())
}

#[test]
fn what_was_assembled_is_split() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    let generation = [7; 36];
    let raw = Raw::split(assemble(prefix, &generation, STORED_AT, &rest)).expect("a whole entry");
    assert_eq!((raw.prefix, raw.id, &raw.generation[..]), (prefix, ID, generation.as_slice()));
    assert_eq!((raw.stored_at, raw.rest), (STORED_AT, rest));
    Ok(())
}

/// The format is fixed: other versions of this crate and the scripts of the store read it.
#[test]
fn the_bytes_of_an_entry_are_these() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    let entry = assemble(prefix, &[7; 36], STORED_AT, &rest);
    let golden: &[&[u8]] = &[
        b"\x01\x00\x03\x00\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7",
        &[7; 36],
        b"\x65\x43\x21\x00\x00\x0f\x42\x3f",
        b"\x00\x49\x01\x02\x03\x04",
        b"\x11\x12\x13\x14\x15\x16\x17\x18",
        b"\x21\x22\x23\x24\x25\x26\x27\x28",
        b"\x31\x32\x33\x34\x00\x00\x00\x07",
        b"\x41\x42\x43\x44\x45\x46\x47\x48",
        b"\x51\x52\x53\x54\x55\x56\x57\x58",
        b"\x61\x62\x63\x64\x65\x66\x67\x68",
        b"\x02\x00\x06item:7\x00\x02\xc3\xa4",
        b"\xca\x7d\x39\x00\x93\x99\xa4\xfd",
        b"payload",
    ];
    assert_eq!(entry, golden.concat());
    Ok(())
}

#[test]
fn every_flipped_bit_is_noticed() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    for bit in 0..8 * (prefix.len() + rest.len()) {
        let (mut prefix, mut rest) = (prefix, rest.to_vec());
        let (at, mask) = (bit / 8, 1 << (bit % 8));
        match at.checked_sub(prefix.len()) {
            None => prefix[at] ^= mask,
            Some(at) => rest[at] ^= mask,
        }
        assert_eq!(
            open(&prefix, &rest.into()).map_err(|error| error.kind()),
            Err(ErrorKind::Codec),
            "bit {bit}"
        );
    }
    Ok(())
}

#[test]
fn every_truncation_is_noticed() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    for len in 0..rest.len() {
        let kind = open(&prefix, &rest.slice(..len)).map_err(|error| error.kind());
        assert_eq!(kind, Err(ErrorKind::Codec), "{len} bytes");
    }
    let entry = assemble(prefix, &[7; 36], STORED_AT, &rest);
    for len in 0..entry.len() {
        let raw = Raw::split(entry.slice(..len));
        assert_eq!(raw.is_some(), len >= 12 + 36 + 8, "{len} bytes");
        assert!(raw.is_none_or(|raw| open(&raw.prefix, &raw.rest).is_err()), "{len} bytes");
    }
    Ok(())
}

#[test]
fn the_store_may_write_nonces_and_time_as_it_likes() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    for (nonces, micros) in [([0; 36], 0), ([255; 36], u32::MAX)] {
        let stored_at = ServerTime { micros, ..STORED_AT };
        let raw = Raw::split(assemble(prefix, &nonces, stored_at, &rest)).expect("a whole entry");
        assert_eq!(open(&raw.prefix, &raw.rest)?.0, fields());
    }
    Ok(())
}

#[test]
fn what_a_newer_writer_added_is_skipped() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    let head = &rest[2..rest.len() - 8 - PAYLOAD.len()];
    assert_eq!(seal_head(&prefix, head, PAYLOAD), rest, "sealing by hand gives the same");
    let newer = seal_head(&prefix, &[head, b"added later"].concat(), PAYLOAD);
    let (read, payload) = open(&prefix, &newer)?;
    assert_eq!((read, &payload[..]), (fields(), PAYLOAD));
    Ok(())
}

#[test]
fn a_head_that_lacks_fields_is_refused_though_its_checksum_is_right() -> Result<(), Error> {
    let (prefix, rest) = sealed()?;
    let head = &rest[2..rest.len() - 8 - PAYLOAD.len()];
    for len in 0..head.len() {
        let error =
            open(&prefix, &seal_head(&prefix, &head[..len], PAYLOAD)).expect_err("fields are missing");
        assert_eq!(
            error.to_string(),
            "the entry is unreadable: its head is of another layout",
            "{len} bytes"
        );
    }
    let not_utf8 = [&head[..head.len() - 2], b"\xc3\xff"].concat();
    assert!(open(&prefix, &seal_head(&prefix, &not_utf8, PAYLOAD)).is_err());
    Ok(())
}

#[test]
fn a_head_that_is_shorter_than_its_checksum_is_refused() {
    for head_len in 0..8 {
        let rest = [[0, head_len].as_slice(), &[0; 100]].concat().into();
        let error = open(&prefix(0, 1, ID), &rest).expect_err("there is no room for a checksum");
        assert_eq!(error.to_string(), "the entry is unreadable: its lengths are wrong");
    }
}

#[test]
fn another_format_is_refused_and_can_be_named() -> Result<(), Error> {
    let (mut prefix, rest) = sealed()?;
    prefix[0] = 2;
    let entry = assemble(prefix, &[7; 36], STORED_AT, &rest);
    assert_eq!(Raw::split(entry.clone()), None);
    assert_eq!(EntryId::peek(&entry), Some(ID));
    assert_eq!(EntryId::peek(&entry[..11]), None);
    let error = open(&prefix, &rest).expect_err("another format");
    assert_eq!(error.to_string(), "the entry is unreadable: it is of another format");
    Ok(())
}

#[test]
fn tags_that_do_not_fit_are_refused() {
    let seal = |tags: Vec<Box<str>>| seal_rest(&prefix(0, 1, ID), &Fields { tags, ..fields() }, PAYLOAD);
    let longest = u16::MAX as usize - 53 - 8 - 2;
    assert!(seal(vec!["x".repeat(longest).into()]).is_ok());
    assert!(seal(vec!["".into(); 255]).is_ok());
    for tags in [vec!["x".repeat(longest + 1).into()], vec!["x".repeat(65_536).into()], vec!["".into(); 256]]
    {
        assert_eq!(seal(tags).map_err(|error| error.kind()), Err(ErrorKind::Config));
    }
}

#[test]
fn server_times_are_ordered_and_count_milliseconds() {
    let time = |seconds, micros| ServerTime { seconds, micros };
    assert!(time(1, 999_999) < time(2, 0) && time(2, 0) < time(2, 1));
    assert_eq!(time(2, 1_999).as_millis(), 2_001);
    assert_eq!(time(u32::MAX, u32::MAX).as_millis(), 4_294_967_295_000 + 4_294_967);
    assert_eq!(ServerTime::from_bytes(STORED_AT.to_bytes()), STORED_AT);
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let numbers = (any::<(u8, u8, u16, u32, u32)>(), any::<(u64, u64, u64, u64, u64)>());
    let tags = prop::collection::vec(".{0,40}".prop_map(Box::<str>::from), 0..6);
    (numbers, tags).prop_map(|((small, large), tags)| Fields {
        codec: small.0,
        compression: small.1,
        seal_key: small.2,
        soft_ms: large.0,
        hard_ms: large.1,
        load_ms: small.3,
        plain_len: small.4,
        schema: large.2,
        writer: Writer { started_ms: large.3, hash: large.4 },
        tags,
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

proptest! {
    #[test]
    fn any_fields_and_payload_come_back(fields in any_fields(), payload in any_bytes(), n: u8, flags: u8, id: [u8; 8]) {
        let prefix = prefix(flags, n, EntryId(id));
        let rest = seal_rest(&prefix, &fields, &payload)?;
        let raw = Raw::split(assemble(prefix, &vec![3; 12 * usize::from(n)], STORED_AT, &rest));
        let raw = raw.expect("a whole entry");
        prop_assert_eq!(open(&raw.prefix, &raw.rest)?, (fields, Bytes::from(payload)));
    }

    #[test]
    fn any_bytes_are_survived(bytes in any_bytes(), prefix: [u8; 12], format in 0_u8..3) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = format;
        }
        if let Some(raw) = Raw::split(bytes.clone().into()) {
            prop_assert!(open(&raw.prefix, &raw.rest).is_err());
        }
        prop_assert!(open(&prefix, &bytes.into()).is_err());
    }

    // A wrong checksum would hide what the head's own reading does with garbage.
    #[test]
    fn any_head_under_a_right_checksum_is_survived(head in any_bytes(), id: [u8; 8]) {
        let prefix = prefix(0, 1, EntryId(id));
        let _ = open(&prefix, &seal_head(&prefix, &head, PAYLOAD));
    }
}
