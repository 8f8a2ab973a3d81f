//! What several commands say.

pub(crate) const SYNTAX: &str = "ERR syntax error";
pub(crate) const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";
pub(crate) const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";

/// A number.
pub(crate) fn integer(word: &[u8]) -> Result<i64, String> {
    let text = std::str::from_utf8(word).ok().filter(|text| !text.starts_with('+'));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| NOT_AN_INTEGER.to_owned())
}

pub(crate) fn wrong_count(command: &str) -> String {
    format!("ERR wrong number of arguments for '{command}' command")
}
