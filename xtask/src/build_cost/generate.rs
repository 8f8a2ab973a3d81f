//! Writes the crates that are built: one for each attribute, with the same functions.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::command::root;

/// How many functions each crate has.
pub(super) const FUNCTIONS: usize = 200;

/// One of the crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Plain,
    Ours,
    Theirs,
}

impl Variant {
    pub(super) const ALL: [Self; 3] = [Self::Plain, Self::Ours, Self::Theirs];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ours => "#[cache_core::cached(type = \"menu\", ttl = 3600)]\n",
            Self::Theirs => "#[cached::macros::concurrent_cached(max_size = 1000, ttl_secs = 3600)]\n",
        }
    }
}

/// Writes a workspace of the crates.
pub(super) fn workspace(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("Cargo.toml"),
        "[workspace]\nmembers = [\"ours\", \"plain\", \"theirs\"]\nresolver = \"3\"\n",
    )?;
    // The versions that the project's own benches compare with.
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    for variant in Variant::ALL {
        let package = folder.join(variant.name());
        fs::create_dir_all(package.join("src"))?;
        fs::write(package.join("Cargo.toml"), manifest(variant))?;
        write(folder, variant, 0)?;
    }
    Ok(())
}

/// Writes a crate's source. Another `edition` of it differs in one line, in the body of one function.
pub(super) fn write(folder: &Path, variant: Variant, edition: u32) -> io::Result<()> {
    fs::write(folder.join(variant.name()).join("src/lib.rs"), source(variant, edition))
}

/// Every crate depends on both, so that the time to load what they depend on is no difference.
fn manifest(variant: Variant) -> String {
    format!(
        "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         cache-core = {{ path = {:?} }}\n\
         cached = {{ version = \"4.1\", default-features = false, \
         features = [\"ahash\", \"async\", \"proc_macro\", \"time_stores\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n",
        variant.name(),
        root().join("cache-core"),
    )
}

fn source(variant: Variant, edition: u32) -> String {
    let mut source = String::from(
        "use std::sync::Arc;\n\n\
         #[derive(Clone, serde::Serialize, serde::Deserialize)]\n\
         pub struct Menu { pub title: String, pub prices: Vec<u32> }\n\n\
         #[derive(Clone, Debug)]\npub struct Failure;\n\n\
         fn menu(title: String) -> Menu { Menu { title, prices: vec![1, 2, 3] } }\n",
    );
    for number in 0..FUNCTIONS {
        let edition = if number == 0 { edition } else { 0 };
        let function = match number % 5 {
            0 => {
                "async fn NAME(id: u64, page: u32) -> Arc<Menu> { Arc::new(menu(format!(\"{id} {page} EDITION\"))) }"
            }
            1 => {
                "async fn NAME(name: String, page: u32) -> Result<Menu, Failure> { if page > 9 { Err(Failure) } else { Ok(menu(name)) } }"
            }
            2 => "async fn NAME(id: u64, name: String) -> Vec<Menu> { vec![menu(name); id as usize % 3] }",
            3 => "fn NAME(id: u64) -> Menu { menu(id.to_string()) }",
            _ => "async fn NAME(id: u64, on: bool) -> String { format!(\"{id} {on}\") }",
        };
        let function =
            function.replace("NAME", &format!("f{number}")).replace("EDITION", &edition.to_string());
        writeln!(source, "\n{}pub {function}", variant.attribute()).expect("writing to a string cannot fail");
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_differ_in_the_attribute_alone() {
        let plain = source(Variant::Plain, 0);
        for variant in [Variant::Ours, Variant::Theirs] {
            let source = source(variant, 0);
            assert_eq!(source.matches(variant.attribute()).count(), FUNCTIONS);
            assert_eq!(source.replace(variant.attribute(), ""), plain);
        }
    }

    #[test]
    fn another_edition_differs_in_one_line() {
        let [one, other] = [1, 2].map(|edition| source(Variant::Ours, edition));
        assert_eq!(one.lines().zip(other.lines()).filter(|(one, other)| one != other).count(), 1);
    }
}
