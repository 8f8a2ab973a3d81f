//! Short texts as words: most of what a lookup hashes and compares is so short that a call would take longer.

/// Up to 16 bytes as two words, up to seven as one. Of texts of one length, only equal ones have the same words.
#[inline(always)]
pub(crate) fn words(bytes: &[u8]) -> Option<[u64; 2]> {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (bytes.len() <= 16).then(|| [u64::from_le_bytes(*first), u64::from_le_bytes(*last)]);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return Some([u64::from(first) | u64::from(last) << 32, 0]);
    }
    let word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    Some([word, 0])
}

/// Whether two texts are the same.
#[inline(always)]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    if one.len() > 16 {
        return one == other;
    }
    if let (Some(first), Some(last)) = (one.first_chunk::<8>(), one.last_chunk::<8>()) {
        return other.first_chunk() == Some(first) && other.last_chunk() == Some(last);
    }
    if let (Some(first), Some(last)) = (one.first_chunk::<4>(), one.last_chunk::<4>()) {
        return other.first_chunk() == Some(first) && other.last_chunk() == Some(last);
    }
    one.iter().zip(other).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_byte_more_or_other_is_told_apart_at_every_length() {
        for length in 0..40 {
            let text: Vec<u8> = (1..=length).collect();
            assert!(same(&text, &text.clone()));
            for place in 0..text.len() {
                let mut other = text.clone();
                other[place] ^= 0x80;
                assert!(!same(&text, &other), "{length} bytes, {place}");
                assert!(words(&text).is_none() || words(&text) != words(&other), "{length} bytes, {place}");
                assert!(!same(&text, &text[..place]));
            }
        }
    }

    proptest! {
        #[test]
        fn says_what_a_comparison_of_bytes_says(one in prop::collection::vec(0..3_u8, 0..20), other in prop::collection::vec(0..3_u8, 0..20)) {
            prop_assert_eq!(same(&one, &other), one == other);
        }
    }
}
