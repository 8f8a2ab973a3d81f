//! The known name that is nearest to a misspelt one.

/// Returns the candidate that is nearest to `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    // Any letter is one replacement away from any other.
    let allowed = if letters == 1 { 0 } else { (letters / 3).max(1) };
    let near = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    let near = near.filter(|(distance, _)| (1..=allowed).contains(distance));
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
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
