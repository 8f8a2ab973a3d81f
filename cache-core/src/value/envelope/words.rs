//! The words of an envelope that stores know too.

use std::fmt;
use std::time::Duration;

/// The name of one writing of an entry: eight random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryId(pub(crate) [u8; 8]);

impl EntryId {
    /// Reads the id from the beginning of an entry, however damaged or new the rest of it may be.
    ///
    /// A reader that can't use an entry must name it to have it replaced, and can always do so by this.
    /// `None` if the bytes end before it does; then no store takes them for an entry.
    #[must_use]
    pub fn peek(entry: &[u8]) -> Option<Self> {
        entry.get(4..12)?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntryId(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A point in time by the clock of a store's server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerTime {
    /// Seconds since the Unix epoch.
    pub seconds: u32,
    /// Microseconds within the second.
    pub micros: u32,
}

impl ServerTime {
    /// Reads eight bytes: seconds, then microseconds.
    #[must_use]
    pub fn from_bytes([s0, s1, s2, s3, u0, u1, u2, u3]: [u8; 8]) -> Self {
        Self { seconds: u32::from_be_bytes([s0, s1, s2, s3]), micros: u32::from_be_bytes([u0, u1, u2, u3]) }
    }

    /// The eight bytes that [`from_bytes`](Self::from_bytes) reads.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        (u64::from(self.seconds) << 32 | u64::from(self.micros)).to_be_bytes()
    }

    /// The time this much later.
    #[must_use]
    pub fn after(self, passed: Duration) -> Self {
        let micros = u64::from(self.micros) + u64::from(passed.subsec_micros());
        let seconds = u64::from(self.seconds) + passed.as_secs() + micros / 1_000_000;
        let micros = u32::try_from(micros % 1_000_000).expect("it is less than a million");
        Self { seconds: u32::try_from(seconds).unwrap_or(u32::MAX), micros }
    }

    /// How much later it is than another time; nothing if it is earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let micros = |time: Self| u64::from(time.seconds) * 1_000_000 + u64::from(time.micros);
        Duration::from_micros(micros(self).saturating_sub(micros(earlier)))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        u64::from(self.seconds) * 1000 + u64::from(self.micros) / 1000
    }
}
