//! Where a server runs: its port, its folder, and when it is there.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, io, process};

/// Told apart by process and by number, so that tests of several processes don't meet.
fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Below the range that systems give to outgoing connections: a client that tries again and again to reach a
/// server that is down could be given the server's own port, and would then be connected to itself.
const PORTS: std::ops::Range<u32> = 16_000..32_000;

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let start = process::id().wrapping_mul(97);
    let ports =
        (0..PORTS.len()).map(|_| PORTS.start + start.wrapping_add(next()) % (PORTS.end - PORTS.start));
    ports
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("some port of thousands is free")
}

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

/// How often, and at most how many times, a server that starts is asked.
const PAUSE: Duration = Duration::from_millis(10);
const ATTEMPTS: u32 = 1000;

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
