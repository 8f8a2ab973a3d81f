//! Finds a Redis or Valkey server for the tests, and installs one where there is none.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};

use crate::command::run;
use crate::failure::Failure;

/// The variable that names the server's executable, for us and for the tests.
pub(crate) const VARIABLE: &str = "CACHE_TEST_REDIS_SERVER";

const HELP: &str = "the tests need a Redis server 6.2 or later, or Valkey, and none could be installed here.\n\
    Install one (Debian, Ubuntu: `sudo apt-get install redis-server`; Fedora: `sudo dnf install valkey`;\n\
    macOS: `brew install redis`), or set CACHE_TEST_REDIS_SERVER to the path of its executable.";

/// The executable of a server that works: the one that was named, or one that is or can be installed.
pub(crate) fn find_or_install() -> Result<OsString, Failure> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return check(&named).map(|()| named);
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    println!("There is no Redis server yet; trying to install one.");
    for mut command in installation(env::consts::OS, is_root()) {
        // A failed `update` may be one broken source among many, so the installation is tried all the same.
        if let Err(failure) = run(&mut command) {
            eprintln!("{failure}");
        }
    }
    installed().ok_or_else(|| Failure::new(HELP))
}

fn installed() -> Option<OsString> {
    ["redis-server", "valkey-server"].into_iter().map(OsString::from).find(|name| check(name).is_ok())
}

/// Fails unless the executable runs and is recent enough.
fn check(server: &OsStr) -> Result<(), Failure> {
    let shown = server.to_string_lossy();
    let output = Command::new(server).arg("--version").stderr(Stdio::null()).output();
    let output = output.map_err(|error| Failure::new(format!("`{shown}` does not run: {error}")))?;
    match version(&String::from_utf8_lossy(&output.stdout)) {
        Some(version) if version >= (6, 2) => Ok(()),
        Some((major, minor)) => {
            Err(Failure::new(format!("`{shown}` is {major}.{minor}, it has to be 6.2 or later")))
        }
        None => Err(Failure::new(format!("`{shown}` is not a Redis or Valkey server"))),
    }
}

/// Reads major and minor version from `Redis server v=7.0.15 sha=…`.
fn version(text: &str) -> Option<(u32, u32)> {
    let number = text.split_whitespace().find_map(|word| word.strip_prefix("v="))?;
    let mut parts = number.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

/// The commands that install a server on this system; none where we don't know how.
fn installation(system: &str, root: bool) -> Vec<Command> {
    let lines: &[&str] = match system {
        "linux" => &["apt-get update", "apt-get install --yes --no-install-recommends redis-server"],
        "macos" => return vec![words("brew install redis")],
        _ => &[],
    };
    // `RUNLEVEL=1` keeps the package from starting a service: the tests start servers of their own.
    let environment = "env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1";
    let rights = if root { "" } else { "sudo -n " };
    lines.iter().map(|line| words(&format!("{rights}{environment} {line}"))).collect()
}

fn words(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a command is not empty"));
    command.args(words);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version() {
        assert_eq!(
            version("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64"),
            Some((7, 0))
        );
        assert_eq!(version("Valkey server v=8.1.3 sha=00000000:0"), Some((8, 1)));
        assert_eq!(version("cargo 1.95.0"), None);
        assert_eq!(version("server v=seven"), None);
    }

    #[test]
    fn installs_without_asking_and_without_starting_a_service() {
        let shown = |root| installation("linux", root).iter().map(|c| format!("{c:?}")).collect::<Vec<_>>();
        assert_eq!(shown(true).len(), 2);
        assert!(shown(true)[0].starts_with(r#""env" "DEBIAN_FRONTEND=noninteractive" "RUNLEVEL=1""#));
        assert!(shown(true)[1].ends_with(r#""--no-install-recommends" "redis-server""#));
        assert!(shown(false).iter().all(|line| line.starts_with(r#""sudo" "-n" "env""#)));
    }

    #[test]
    fn installs_nothing_where_it_does_not_know_how() {
        assert_eq!(installation("macos", false).len(), 1);
        assert!(installation("plan9", true).is_empty());
    }

    #[test]
    fn refuses_what_is_no_server() {
        let other = check(OsStr::new(env!("CARGO"))).expect_err("cargo is no server");
        assert!(other.to_string().ends_with("is not a Redis or Valkey server"), "{other}");
        let missing = check(OsStr::new("this-is-no-program")).expect_err("there is no such program");
        assert!(missing.to_string().contains("does not run"), "{missing}");
    }
}
