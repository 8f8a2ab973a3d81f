//! `cargo xtask ci`: every check a change must pass, in the order in which they are likely to fail.

use std::fs;

use crate::command::{cargo, output, root, run};
use crate::failure::Failure;
use crate::features::features;
use crate::stopwatch::Stopwatch;
use crate::test;
use crate::tree;

/// What a memory cache without features must not pull in.
const OPTIONAL: [&str; 3] = ["redis", "deadpool", "bincode"];

/// Runs all checks and stops at the first that fails.
pub(crate) fn ci() -> Result<(), Failure> {
    let whole = Stopwatch::start();
    step("formatting", || run(&mut cargo(["fmt", "--all", "--check"])))?;
    step("lints", lints)?;
    step("features of cache-core, one at a time", features_alone)?;
    step("dependencies without features", dependencies)?;
    step("documentation", documentation)?;
    step("tests", || test::test(&[]))?;
    step("quick start", || run(&mut cargo(["run", "--quiet", "--example", "quickstart"])))?;
    println!("\nAll checks passed, {}.", whole.read());
    Ok(())
}

fn step(name: &str, action: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    println!("\n=== {name}");
    let watch = Stopwatch::start();
    action().map_err(|failure| failure.during(name))?;
    println!("=== {name}: passed, {}", watch.read());
    Ok(())
}

fn lints() -> Result<(), Failure> {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
}

/// Warnings are denied for the checked crate only: set in `RUSTFLAGS` they would rebuild every dependency.
fn features_alone() -> Result<(), Failure> {
    let path = root().join("cache-core/Cargo.toml");
    let manifest = fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{} can't be read: {error}", path.display())))?;
    let features = features(&manifest);
    if features.is_empty() {
        return Err(Failure::new(format!("no features found in {}", path.display())));
    }
    clippy_core(&[])?;
    features.iter().try_for_each(|feature| clippy_core(&["--features", feature]))
}

fn clippy_core(features: &[&str]) -> Result<(), Failure> {
    let mut command = cargo(["clippy", "--quiet", "-p", "cache-core", "--no-default-features"]);
    run(command.args(features).args(["--", "-D", "warnings"]))
}

fn dependencies() -> Result<(), Failure> {
    let mut command = cargo(["tree", "-p", "cache-core", "--no-default-features", "-e", "normal"]);
    tree::refuse(&output(command.args(["--prefix", "none"]))?, &OPTIONAL)
}

fn documentation() -> Result<(), Failure> {
    let mut command = cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named() {
        let failure = step("lints", || Err(Failure::new("`cargo clippy` failed"))).expect_err("it failed");
        assert_eq!(failure.to_string(), "lints: `cargo clippy` failed");
        assert!(step("lints", || Ok(())).is_ok());
    }

    #[test]
    fn the_runtime_has_features_to_check() {
        let manifest = include_str!("../../cache-core/Cargo.toml");
        assert!(features(manifest).contains(&"redis"));
    }
}
