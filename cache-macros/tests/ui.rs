//! What a mistake looks like to the user: one rule a file, named after the rule.
//!
//! The messages that rustc adds are those of the toolchain in use. After a change, `TRYBUILD=overwrite` writes
//! them anew.

#[test]
fn mistakes_are_shown_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
