//! The known name that is nearest to a misspelt one.

use strsim::osa_distance;

/// Returns the candidate that is nearest to `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    // Any letter is one replacement away from any other.
    let allowed = if letters == 1 { 0 } else { (letters / 3).max(1) };
    let near = candidates.into_iter().map(|candidate| (osa_distance(word, candidate), candidate));
    let near = near.filter(|(distance, _)| (1..=allowed).contains(distance));
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let types = ["menu", "orders", "user_permissions"];
        assert_eq!(nearest("menus", types), Some("menu"));
        assert_eq!(nearest("mneu", types), Some("menu"));
        assert_eq!(nearest("user_permision", types), Some("user_permissions"));
        assert_eq!(nearest("dishes", types), None);
        assert_eq!(nearest("menu", types), None, "a name is not near to itself");
        assert_eq!(nearest("a", ["b"]), None);
    }
}
