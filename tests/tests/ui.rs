//! What rustc says where a function's types don't fit its attribute: one rule a file, named after the rule.
//!
//! The messages are those of the toolchain in use. After a change, `TRYBUILD=overwrite` writes them anew.

#[test]
fn types_that_do_not_fit_are_shown_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
