//! Where a server runs: its folder, and when it is there.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, io, process};

use crate::ports::next;

/// A folder with a folder for data in it.
pub(crate) fn new_folder() -> io::Result<PathBuf> {
    let folder: &Path = &env::temp_dir().join(format!("cache-testkit-{}-{}", process::id(), next()));
    fs::create_dir_all(folder.join("data"))?;
    Ok(folder.to_owned())
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// How often, and at most how many times, a server is asked: a fail-over takes several seconds, and the machine
/// may be busy with other things.
const PAUSE: Duration = Duration::from_millis(10);
const ATTEMPTS: u32 = 6000;

/// Asks until there is an answer; `None` if there never is one.
pub(crate) fn poll<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    // Nobody ever sends, so that receiving is a pause.
    let (_sender, pause) = mpsc::channel::<()>();
    for _ in 0..ATTEMPTS {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        let _ = pause.recv_timeout(PAUSE);
    }
    None
}
