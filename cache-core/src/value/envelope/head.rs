//! The head of an envelope: what a reader has to know of a value before it decodes it.

use crate::error::{Error, ErrorKind};

/// What the head says, without its length and its checksum.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// The number of the codec.
    pub codec: u8,
    /// The number of the compression; 0 is none.
    pub compression: u8,
    /// The number of the key with which the payload is encrypted; 0 is none.
    pub seal_key: u16,
    /// How long the value is fresh, in milliseconds.
    pub soft_ms: u64,
    /// How long it may be served at all, in milliseconds.
    pub hard_ms: u64,
    /// How long its load took, in milliseconds.
    pub load_ms: u32,
    /// How many bytes the encoded value has before compression and encryption.
    pub plain_len: u32,
    /// The fingerprint of its type.
    pub schema: u64,
    /// The process that wrote it.
    pub writer: Writer,
    /// The tags of the entry.
    pub tags: Vec<Box<str>>,
}

/// Which process wrote an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// When it started, in milliseconds by the server's clock.
    pub started_ms: u64,
    /// A hash of its host and its build.
    pub hash: u64,
}

impl Fields {
    /// Appends the fields to an envelope.
    pub(super) fn write(&self, to: &mut Vec<u8>) -> Result<(), Error> {
        to.extend_from_slice(&[self.codec, self.compression]);
        to.extend_from_slice(&self.seal_key.to_be_bytes());
        to.extend_from_slice(&self.soft_ms.to_be_bytes());
        to.extend_from_slice(&self.hard_ms.to_be_bytes());
        to.extend_from_slice(&self.load_ms.to_be_bytes());
        to.extend_from_slice(&self.plain_len.to_be_bytes());
        to.extend_from_slice(&self.schema.to_be_bytes());
        to.extend_from_slice(&self.writer.started_ms.to_be_bytes());
        to.extend_from_slice(&self.writer.hash.to_be_bytes());
        to.push(u8::try_from(self.tags.len()).map_err(|_| too_long())?);
        for tag in &self.tags {
            to.extend_from_slice(&u16::try_from(tag.len()).map_err(|_| too_long())?.to_be_bytes());
            to.extend_from_slice(tag.as_bytes());
        }
        Ok(())
    }

    /// Reads the fields from the beginning of `head`; what follows them is a newer writer's.
    pub(super) fn read(head: &[u8]) -> Option<Self> {
        let mut reader = Reader(head);
        Some(Self {
            codec: reader.u8()?,
            compression: reader.u8()?,
            seal_key: reader.u16()?,
            soft_ms: reader.u64()?,
            hard_ms: reader.u64()?,
            load_ms: reader.u32()?,
            plain_len: reader.u32()?,
            schema: reader.u64()?,
            writer: Writer { started_ms: reader.u64()?, hash: reader.u64()? },
            tags: reader.tags()?,
        })
    }
}

/// That the tags of an entry don't fit into its head.
pub(super) fn too_long() -> Error {
    Error::new(
        ErrorKind::Config,
        "the tags of an entry are too many or too long: up to 255, and 64 KiB together",
    )
}

/// Reads numbers and texts off the front of a slice; `None` where it ends too early.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn tags(&mut self) -> Option<Vec<Box<str>>> {
        let count = self.u8()?;
        (0..count).map(|_| self.text()).collect()
    }

    fn text(&mut self) -> Option<Box<str>> {
        let len = self.u16()?;
        str::from_utf8(self.bytes(usize::from(len))?).ok().map(Box::from)
    }
}
