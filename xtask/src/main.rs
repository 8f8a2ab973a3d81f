//! Set-up, tests and checks that plain cargo can't express: `cargo xtask <command>`.

mod build_cost;
mod ci;
mod command;
mod failure;
mod features;
mod redis;
mod stopwatch;
mod test;
mod tree;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use crate::failure::Failure;

const HELP: &str = "\
usage: cargo xtask <command>

  test [args]   finds or installs a Redis server, then runs every test, doctests included;
                the arguments go to `cargo test`
  ci            every check a change must pass, tests and quick start included
  build-cost [rounds]
                builds 200 functions with no attribute, with ours and with a peer's, and compares the times
  help          this text

CACHE_TEST_REDIS_SERVER names the server's executable where it isn't `redis-server` or `valkey-server`.";

fn main() -> ExitCode {
    let mut args = env::args_os().skip(1);
    let command = args.next().unwrap_or_else(|| "help".into());
    match run(&command.to_string_lossy(), &args.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, args: &[OsString]) -> Result<(), Failure> {
    match command {
        "test" => test::test(args),
        "ci" if args.is_empty() => ci::ci(),
        "ci" => Err(Failure::new("`ci` takes no arguments")),
        "build-cost" => build_cost::build_cost(args),
        "help" | "-h" | "--help" => {
            println!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::new(format!("there is no command `{unknown}`\n\n{HELP}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_does_not_know() {
        let failure = run("tset", &[]).expect_err("there is no such command");
        assert!(failure.to_string().starts_with("there is no command `tset`"));
        assert!(run("ci", &["--fast".into()]).is_err());
    }
}
