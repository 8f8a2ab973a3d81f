//! The envelope, version 1: what stands around an encoded value in a store.
//!
//! ```text
//! first part, read and written by the store's scripts          rest, read and written here alone
//! format n     id     V: n nonces    stored at                 length   head          payload
//!  1  1  1 1   8      12 n           4 s  4 µs                 2        …  checksum 8
//!  └─ prefix: 12 ─┘
//! ```
//!
//! Numbers are big-endian. The checksum covers the prefix, the head and the payload; not V and not the time,
//! which the store writes when it accepts the entry. A newer writer may put fields between the last one known
//! here and the checksum: they are skipped.

mod head;
mod raw;
mod seal;
#[cfg(test)]
mod tests;
mod words;

pub use self::head::{Fields, Writer};
pub(crate) use self::raw::{ABSENT, is_absent};
pub use self::raw::{Raw, assemble, prefix};
pub(crate) use self::seal::open_slice;
pub use self::seal::{open, seal_rest, times};
pub use self::words::{EntryId, ServerTime};
