//! `cargo xtask test`: every test, with a real Redis server for those that need one.

use std::ffi::OsString;

use crate::command::{cargo, run};
use crate::failure::Failure;
use crate::redis;

/// Runs every test of the workspace, doctests included; the arguments go to `cargo test`.
pub(crate) fn test(args: &[OsString]) -> Result<(), Failure> {
    let server = redis::find_or_install()?;
    let mut tests = cargo(["test", "--workspace", "--all-features"]);
    run(tests.args(args).env(redis::VARIABLE, server))
}
