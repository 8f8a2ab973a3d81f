//! What can go wrong with the database. The cache asks nothing of such a type.

use std::fmt;

/// Why a query has no result.
#[derive(Debug)]
pub(crate) enum DbError {
    /// Nobody said whose menu it is.
    NoTenant,
    /// The database refused.
    Sql(rusqlite::Error),
    /// The query's thread panicked or was stopped.
    Stopped,
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTenant => f.write_str("the query needs a tenant, and the context has none"),
            Self::Sql(error) => write!(f, "the query failed: {error}"),
            Self::Stopped => f.write_str("the query was stopped"),
        }
    }
}

impl std::error::Error for DbError {}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}
