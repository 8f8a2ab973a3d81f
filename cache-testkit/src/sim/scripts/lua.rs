//! The few functions of Lua that the scripts use.

/// `string.sub`: from one place to another, both included and counted from 1.
pub(crate) fn sub(text: &[u8], from: usize, to: usize) -> &[u8] {
    let to = to.min(text.len());
    text.get(from.max(1) - 1..to).unwrap_or_default()
}

/// `string.sub` to the end.
pub(crate) fn rest(text: &[u8], from: usize) -> &[u8] {
    sub(text, from, text.len())
}

/// `tonumber`, of a whole number.
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_where_the_text_does() {
        assert_eq!(sub(b"abcdef", 2, 4), b"bcd");
        assert_eq!(sub(b"abc", 2, 9), b"bc");
        assert_eq!(sub(b"abc", 4, 9), b"");
        assert_eq!(sub(b"abc", 9, 12), b"");
        assert_eq!(rest(b"abc", 3), b"c");
        assert_eq!(rest(b"", 13), b"");
    }
}
