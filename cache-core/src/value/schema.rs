//! Fingerprints of the types that values have.

use std::any::type_name;

use twox_hash::XxHash3_64;

/// The fingerprint of a type and of the version that its function declares: xxh3-64 of the type's name, with
/// the version as the seed.
///
/// It is taken from the name, until the shapes of values are probed: a type that changed under the same name
/// keeps its fingerprint unless the version changes too, and a compiler that writes names otherwise changes
/// every fingerprint, which costs misses.
pub(crate) fn fingerprint<T: ?Sized>(version: u32) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(version), type_name::<T>().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_type_or_another_version_is_another_fingerprint() {
        let all = [
            fingerprint::<u32>(0),
            fingerprint::<u32>(1),
            fingerprint::<Vec<u32>>(0),
            fingerprint::<Vec<u64>>(0),
            fingerprint::<str>(0),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(!all[..i].contains(one), "{i}");
        }
        assert_eq!(fingerprint::<u32>(0), fingerprint::<u32>(0));
    }
}
