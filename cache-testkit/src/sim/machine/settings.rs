//! What `CONFIG` can change.

/// The settings that this server knows.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// In bytes; 0 for no limit.
    pub(crate) max_memory: usize,
    /// Its name, and what it means.
    pub(crate) policy: (&'static str, Policy),
    /// How many names are remembered for clients; 0 for no limit.
    pub(crate) tracked_names: usize,
    /// Writes are refused with fewer replicas than this, and there are none.
    pub(crate) min_replicas: usize,
    /// Whether what has expired goes by itself, and not only when somebody asks for it.
    pub(crate) expires_by_itself: bool,
}

/// What goes when memory is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    Nothing,
    Anything,
    /// What would expire.
    Volatile,
}

/// Which of the candidates goes is drawn, so several of them mean the same.
const POLICIES: [(&str, Policy); 8] = [
    ("noeviction", Policy::Nothing),
    ("allkeys-lru", Policy::Anything),
    ("allkeys-lfu", Policy::Anything),
    ("allkeys-random", Policy::Anything),
    ("volatile-lru", Policy::Volatile),
    ("volatile-lfu", Policy::Volatile),
    ("volatile-random", Policy::Volatile),
    ("volatile-ttl", Policy::Volatile),
];

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_memory: 0,
            policy: POLICIES[0],
            tracked_names: 1_000_000,
            min_replicas: 0,
            expires_by_itself: true,
        }
    }
}

/// The names of the settings, as `CONFIG` knows them.
pub(crate) const NAMES: [&str; 4] =
    ["maxmemory", "maxmemory-policy", "min-replicas-to-write", "tracking-table-max-keys"];

impl Settings {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        match name {
            "maxmemory" => Some(self.max_memory.to_string()),
            "maxmemory-policy" => Some(self.policy.0.to_owned()),
            "min-replicas-to-write" => Some(self.min_replicas.to_string()),
            "tracking-table-max-keys" => Some(self.tracked_names.to_string()),
            _ => None,
        }
    }

    /// Changes a setting; `None` if it has no such value.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "maxmemory" => self.max_memory = memory(value)?,
            "maxmemory-policy" => self.policy = *POLICIES.iter().find(|(name, _)| *name == value)?,
            "min-replicas-to-write" => self.min_replicas = value.parse().ok()?,
            "tracking-table-max-keys" => self.tracked_names = value.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

/// A number of bytes, as in `100mb`.
fn memory(value: &str) -> Option<usize> {
    let value = value.to_ascii_lowercase();
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &value[digits.len()..] {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_with_its_unit() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1)),
            ("2kb", Some(2048)),
            ("3MB", Some(3 << 20)),
            ("1k", Some(1000)),
            ("x", None),
            ("1tb", None),
            ("", None),
        ] {
            assert_eq!(memory(text), expected, "{text}");
        }
    }
}
