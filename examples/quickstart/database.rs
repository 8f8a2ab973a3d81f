//! The database: SQLite, on a thread that may block. It counts the queries it ran.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::NamedTempFile;

use crate::error::DbError;
use crate::fill;
use crate::place::Place;

/// A handle on the database; clones share the connection and the count.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
    queries: Arc<AtomicU64>,
}

impl Database {
    /// Opens the database, and makes it if nobody has.
    pub(crate) fn open(place: &Place) -> Result<Self, Box<dyn std::error::Error>> {
        let file = place.file();
        if !file.exists() {
            create(&file)?;
        }
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), queries: Arc::default() })
    }

    /// How many rows of what it holds.
    pub(crate) fn describe(&self) -> rusqlite::Result<String> {
        let sql = "SELECT count(DISTINCT tenant), count(*), (SELECT count(*) FROM review) FROM item";
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.query_one(sql, [], |row| {
            let [tenants, items, reviews]: [u32; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok(format!(
                "Restaurants on one platform: {tenants} tenants, {items} menu items, {reviews} reviews."
            ))
        })
    }

    /// Runs a query that reads, and counts it.
    pub(crate) async fn read<T, Q>(&self, query: Q) -> Result<T, DbError>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.queries.fetch_add(1, Ordering::Relaxed);
        self.write(query).await
    }

    /// Runs a statement that writes; it doesn't count.
    pub(crate) async fn write<T, Q>(&self, query: Q) -> Result<T, DbError>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let run = move || query(&connection.lock().unwrap_or_else(PoisonError::into_inner));
        let result = tokio::task::spawn_blocking(run).await.map_err(|_| DbError::Stopped)?;
        Ok(result?)
    }

    /// How many reading queries it ran so far.
    pub(crate) fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }
}

/// Makes the file elsewhere and moves it into place, so that no other process sees half of it.
fn create(file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let unfinished = NamedTempFile::new_in(folder)?;
    fill::create(unfinished.path())?;
    match unfinished.persist_noclobber(file) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}
