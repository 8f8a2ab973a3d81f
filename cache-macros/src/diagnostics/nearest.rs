//! The valid name that is nearest to a misspelt one.

use strsim::osa_distance;

/// Returns the candidate that is nearest to `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    // Any letter is one replacement away from any other.
    let allowed = if letters == 1 { 0 } else { (letters / 3).max(1) };
    candidates
        .into_iter()
        .map(|candidate| (osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_means_nothing_else() {
        assert_eq!(nearest("c", ["a", "b"]), None);
    }

    #[track_caller]
    fn check(word: &str, expected: Option<&str>) {
        assert_eq!(nearest(word, ["ttl", "tags", "tenant", "tenant_aware", "skip", "skip_all"]), expected);
    }

    #[test]
    fn finds_what_was_meant() {
        check("tll", Some("ttl"));
        check("tag", Some("tags"));
        check("tenant_awar", Some("tenant_aware"));
        check("tenantaware", Some("tenant_aware"));
        check("skipall", Some("skip_all"));
        check("expires", None);
        check("", None);
    }
}
