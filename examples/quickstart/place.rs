//! Where the database's file lies.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder for the database.
///
/// With a cache in memory it is a temporary one. What Redis holds outlives this process and is seen by others,
/// so the database has to outlive it too: then it lies beside the executable, one file for each Redis.
#[derive(Debug)]
pub(crate) enum Place {
    Temporary(TempDir),
    Shared(PathBuf),
}

impl Place {
    pub(crate) fn choose() -> io::Result<Self> {
        let set = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
        match set("CACHE_REDIS_URL").or_else(|| set("REDIS_URL")) {
            Some(url) => Ok(Self::Shared(beside_executable(&url)?)),
            None => Ok(Self::Temporary(tempfile::tempdir()?)),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Temporary(folder) => folder.path().join("menus.sqlite"),
            Self::Shared(file) => file.clone(),
        }
    }

    /// Whether other processes may use the same cache and database.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Shared(_))
    }
}

fn beside_executable(url: &str) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    let executable = std::env::current_exe()?;
    let folder = executable.parent().unwrap_or(Path::new("."));
    Ok(folder.join(format!("quickstart-{:016x}.sqlite", hasher.finish())))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temporary(_) => f.write_str("The cache is in memory, the database in a temporary folder."),
            Self::Shared(file) => write!(
                f,
                "The cache is in Redis, shared with every process started like this; so is the\n\
                 database, {} beside the executable.",
                file.file_name().unwrap_or_default().display()
            ),
        }
    }
}
