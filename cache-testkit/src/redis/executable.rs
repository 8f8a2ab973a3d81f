//! The executable of the server.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

/// The variable that names the server's executable.
const VARIABLE: &str = "CACHE_TEST_REDIS_SERVER";

const HELP: &str = "the tests need a Redis server 6.2 or later, or Valkey, and found none.\n\
    Install one (Debian, Ubuntu: `sudo apt-get install redis-server`; Fedora: `sudo dnf install valkey`;\n\
    macOS: `brew install redis`), or set CACHE_TEST_REDIS_SERVER to the path of its executable.";

/// The executable that was named, or the first that is installed; panics with what to install.
#[track_caller]
pub(crate) fn executable() -> OsString {
    let named = env::var_os(VARIABLE).filter(|named| !named.is_empty());
    let names =
        named.map_or_else(|| vec!["redis-server".into(), "valkey-server".into()], |named| vec![named]);
    let runs = |name: &OsString| {
        let version =
            Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    names.into_iter().find(runs).unwrap_or_else(|| panic!("{HELP}"))
}
