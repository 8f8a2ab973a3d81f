//! Every file imports only from its own layer or from layers above it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::fs;
use std::path::Path;

use integration_tests::layers::{Order, check};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[track_caller]
fn keeps_the_order(package: &str) {
    let architecture = fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let order = Order::parse(&architecture, package).unwrap();
    let violations = check(&order, &workspace().join(package).join("src")).unwrap();
    let report: Vec<String> =
        violations.iter().map(|violation| format!("{package}/src/{violation}")).collect();
    assert!(report.is_empty(), "against the order of layers in ARCHITECTURE.md:\n{}", report.join("\n"));
}

#[test]
fn the_runtime_keeps_the_order() {
    keeps_the_order("cache-core");
}

#[test]
fn the_macros_keep_the_order() {
    keeps_the_order("cache-macros");
}

const ORDER: &str =
    "## The order of layers\n\n```text\nplanted:\n  error · clock\n  key\n  store\n  private · lib\n```\n";

/// Writes a source tree and returns what the check says about it.
fn report(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, source) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, source).unwrap();
    }
    let order = Order::parse(ORDER, "planted").unwrap();
    check(&order, folder.path()).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn what_keeps_the_order_is_not_reported() {
    let files = [
        (
            "lib.rs",
            "mod clock; mod error; mod key; mod store; pub use crate::key::text::Key; pub use store::Store;",
        ),
        ("error.rs", "pub struct Error;"),
        ("clock.rs", "use crate::error::Error;"),
        ("key/mod.rs", "mod text; pub use self::text::Key; #[cfg(test)] mod tests { use super::*; }"),
        ("key/text.rs", "use super::super::error::Error; use crate::key::hash; // crate::store"),
        ("store/redis/pool.rs", "use crate::{error::Error, key::{self, text::Key}, store::Store};"),
        ("private/mod.rs", "macro_rules! here { () => { $crate::__private::Location }; }"),
    ];
    assert_eq!(report(&files), [] as [&str; 0]);
}

#[test]
fn each_way_to_name_a_lower_layer_is_reported_with_its_line() {
    let after = |file_line: &str, path: &str| {
        format!("{file_line}: `{path}`: `store` stands after `key` in the order of layers")
    };
    let cases = [
        ("use std::fmt;\nuse crate::store::Store;", 2, "crate::store::Store"),
        ("use crate::{\n    error::Error,\n    store::{Store},\n};", 3, "crate::store::Store"),
        ("pub(crate) use crate::store::*;", 1, "crate::store"),
        ("fn f() {\n    crate::store::open();\n}", 2, "crate::store::open"),
        ("\n\nuse super::super::store;", 3, "crate::store"),
        ("fn f() { println!(\"{}\", crate::store::N); }", 1, "crate::store::N"),
        ("#[cfg(test)]\nmod tests {\n    use crate::store::Store;\n}", 3, "crate::store::Store"),
        ("macro_rules! m { () => { $crate::store::N }; }", 1, "crate::store::N"),
    ];
    for (source, line, path) in cases {
        assert_eq!(
            report(&[("key/text.rs", source)]),
            [after(&format!("key/text.rs:{line}"), path)],
            "in {source}"
        );
    }
}

#[test]
fn within_a_line_the_order_is_from_left_to_right() {
    let violations =
        report(&[("error.rs", "use crate::clock::Clock;"), ("clock.rs", "use crate::error::Error;")]);
    assert_eq!(
        violations,
        ["error.rs:1: `crate::clock::Clock`: `clock` stands after `error` in the order of layers"]
    );
}

#[test]
fn a_name_at_the_crates_root_is_reported() {
    for (source, shown) in [
        ("use crate::Key;", "crate::Key"),
        ("use super::super::*;", "crate::"),
        ("use crate as c;", "crate::"),
    ] {
        let expected = format!(
            "key/text.rs:1: `{shown}` is the crate's root: import from the file that defines the thing"
        );
        assert_eq!(report(&[("key/text.rs", source)]), [expected]);
    }
}

#[test]
fn a_file_without_a_layer_is_reported() {
    let violations = report(&[("util/text.rs", ""), ("key.rs", "")]);
    assert_eq!(violations, ["util/text.rs:1: `util` has no place in the order of layers"]);
}

#[test]
fn a_folder_without_sources_is_an_error() {
    let order = Order::parse(ORDER, "planted").unwrap();
    assert!(check(&order, tempfile::tempdir().unwrap().path()).is_err());
}
