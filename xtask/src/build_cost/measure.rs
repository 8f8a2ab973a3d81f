//! Builds the crates in turns and compares the times.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::build_cost::generate::{FUNCTIONS, Variant, workspace, write};
use crate::command::{cargo, output, root};
use crate::failure::Failure;
use crate::stopwatch::Stopwatch;

/// So often each is built, unless another number is asked for.
const ROUNDS: u32 = 5;

/// The best times of one kind of build, by variant.
struct Best([Duration; 3]);

impl Best {
    fn new() -> Self {
        Self([Duration::MAX; 3])
    }

    fn take(&mut self, variant: Variant, time: Duration) {
        let best = &mut self.0[variant as usize];
        *best = time.min(*best);
    }

    fn of(&self, variant: Variant) -> f64 {
        self.0[variant as usize].as_secs_f64()
    }

    /// What a variant's attribute adds, in milliseconds a function.
    fn added(&self, variant: Variant) -> f64 {
        (self.of(variant) - self.of(Variant::Plain)) * 1e3 / FUNCTIONS as f64
    }

    fn print(&self, what: &str) {
        let [plain, ours, theirs] = Variant::ALL.map(|variant| self.of(variant));
        let [ours_added, theirs_added] = [Variant::Ours, Variant::Theirs].map(|variant| self.added(variant));
        println!(
            "{what}: plain {plain:.2} s, ours {ours:.2} s, theirs {theirs:.2} s; added a function: \
             ours {ours_added:.2} ms, theirs {theirs_added:.2} ms, ratio {:.2}",
            ours_added / theirs_added
        );
    }
}

/// Builds every crate anew and after a change of one line, and prints what the attributes add.
pub(crate) fn build_cost(args: &[OsString]) -> Result<(), Failure> {
    let rounds = match args {
        [] => ROUNDS,
        [rounds] => rounds.to_string_lossy().parse().map_err(|_| usage())?,
        _ => return Err(usage()),
    };
    let folder = root().join("target/build-cost");
    let written = |result: std::io::Result<()>| {
        result.map_err(|error| Failure::new(format!("{} can't be written: {error}", folder.display())))
    };
    written(workspace(&folder))?;
    println!("building what they depend on");
    build(&folder, &["build", "--workspace"])?;
    let (mut whole, mut line) = (Best::new(), Best::new());
    for round in 0..rounds {
        for variant in Variant::ALL {
            build(&folder, &["clean", "--package", variant.name()])?;
            whole.take(variant, build(&folder, &["build", "--package", variant.name()])?);
            written(write(&folder, variant, round + 1))?;
            line.take(variant, build(&folder, &["build", "--package", variant.name()])?);
        }
    }
    whole.print("the whole crate");
    line.print("after a change of one line");
    Ok(())
}

fn build(folder: &Path, args: &[&str]) -> Result<Duration, Failure> {
    let mut command = cargo(args.iter().copied());
    command.arg("--quiet").current_dir(folder).env_remove("CARGO_TARGET_DIR");
    let stopwatch = Stopwatch::start();
    output(&mut command)?;
    Ok(stopwatch.elapsed())
}

fn usage() -> Failure {
    Failure::new("`build-cost` takes at most how often each crate is built, a number")
}
