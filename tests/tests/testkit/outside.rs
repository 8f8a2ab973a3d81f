//! Once there is a test's cache, nothing outside of its scope reaches a real one. Each case is a process of its own,
//! since it is about what a process has done before.

use std::process::Command;

/// What a case writes to the standard error output. It ends well if everything was as it is to be.
#[track_caller]
fn run(case: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outside"));
    // A server that nobody answers for: were it asked, the process would say so.
    let output = command.arg(case).env("CACHE_NAMESPACE", "outside").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn calls_outside_run_uncached_and_say_so_once_for_each_function() {
    let said = run("calls");
    for function in ["async_one", "plain_one", "writes"] {
        assert_eq!(said.matches(&format!("`{function}`")).count(), 1, "{said}");
    }
    assert!(said.contains("runs uncached: run it in the cache's `run`"), "{said}");
    assert!(said.contains("`in_current_context()`"), "{said}");
    assert!(
        said.contains("`writes` was called outside of the scope of a test's cache and invalidates nothing")
    );
}

#[test]
fn a_cache_that_was_built_from_the_environment_before_is_not_used_any_more() {
    run("default");
}

#[test]
fn a_cache_that_was_installed_is_used_only_where_it_is_named() {
    run("installed-before");
    run("installed-after");
}

#[test]
fn tasks_join_only_by_their_context() {
    let said = run("tasks");
    assert_eq!(said.matches("`async_one`").count(), 1, "{said}");
}

#[test]
fn without_a_test_cache_nothing_is_said() {
    assert_eq!(run("real"), "");
}
