//! Reads which features a crate has, so that a new one is checked without being listed anywhere else.

/// The names in the `[features]` table of a manifest, without `default`, in their order.
pub(crate) fn features(manifest: &str) -> Vec<&str> {
    manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=')) // Longer lists go on in lines that hold no `=`.
        .map(|(name, _)| name.trim().trim_matches('"'))
        .filter(|name| *name != "default" && !name.starts_with('#'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_feature_but_the_default() {
        let manifest = r#"
[package]
name = "cache-core"

[features]
default = ["bincode", "redis"]
# The codec = a wire format.
bincode = ["dep:bincode"]
redis = [
    "dep:redis",
    "tokio/net",
]
"tls" = []

[dependencies]
bytes = "1"
"#;
        assert_eq!(features(manifest), ["bincode", "redis", "tls"]);
    }

    #[test]
    fn finds_none_where_there_is_no_table() {
        assert!(features("[package]\nname = \"xtask\"\n").is_empty());
    }
}
