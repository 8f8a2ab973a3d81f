//! Checks what a build pulls in.

use crate::failure::Failure;

/// Fails if a dependency tree, one package a line, holds one of these packages.
pub(crate) fn refuse(tree: &str, unwanted: &[&str]) -> Result<(), Failure> {
    let found = tree.lines().filter_map(|line| line.split_whitespace().next());
    match found.into_iter().find(|name| unwanted.contains(name)) {
        Some(name) => Err(Failure::new(format!("`{name}` is pulled in, it has to be optional"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "cache-core v0.1.0 (/src/cache-core)\nbytes v1.12.1\ndeadpool v0.13.1 (*)\n";

    #[test]
    fn names_the_package_that_must_not_be_there() {
        let failure = refuse(TREE, &["redis", "deadpool"]).expect_err("deadpool is there");
        assert!(failure.to_string().starts_with("`deadpool`"), "{failure}");
    }

    #[test]
    fn compares_whole_names() {
        assert!(refuse(TREE, &["dead", "redis", "byte"]).is_ok());
    }
}
