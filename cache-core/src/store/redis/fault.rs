//! Redis' errors in the cache's words.

use redis::{RedisError, ServerErrorKind};

use crate::error::{Error, ErrorKind};

/// What an error means for the connection or for the names it was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is of no use any more.
    Broken,
    /// No answer in time.
    Late,
    /// The server is no master: it may serve another history.
    NotMaster,
    /// The script is not known to the server.
    NoScript,
    /// Something else than a string lies under one of the names.
    WrongType,
    /// A script runs for too long. The server may have given to that script's caller what it had to tell this
    /// connection: what it stopped to remember because it remembered too much.
    Busy,
    /// The server refused the command.
    Refused,
}

/// The one place that looks at Redis' errors. Inside a script older servers wrap an error's code into its text.
pub(crate) fn classify(error: &RedisError) -> Fault {
    let says =
        |word: &str| error.code() == Some(word) || error.detail().is_some_and(|text| text.contains(word));
    if error.is_timeout() {
        return Fault::Late;
    }
    if error.is_io_error() || error.is_connection_dropped() || error.is_unrecoverable_error() {
        return Fault::Broken;
    }
    match error.kind() {
        redis::ErrorKind::Server(ServerErrorKind::NoScript) => Fault::NoScript,
        redis::ErrorKind::Server(ServerErrorKind::ReadOnly) => Fault::NotMaster,
        _ if says("READONLY") => Fault::NotMaster,
        _ if says("WRONGTYPE") => Fault::WrongType,
        _ if error.code() == Some("BUSY") => Fault::Busy,
        _ => Fault::Refused,
    }
}

/// Translates an error of a command, or of the first command of a pipeline that failed.
pub(crate) fn translate(error: RedisError) -> Error {
    let first =
        error.clone().into_server_errors().and_then(|errors| errors.first().map(|(_, first)| first.clone()));
    let error = first.map_or(error, RedisError::from);
    let (kind, message) = match classify(&error) {
        Fault::Late => (ErrorKind::Timeout, "redis did not answer within the deadline"),
        Fault::Broken => (ErrorKind::Unavailable, "the connection to redis is lost"),
        Fault::NotMaster => (ErrorKind::Unavailable, "this redis server is not a master"),
        _ if error.kind() == redis::ErrorKind::RESP3NotSupported => {
            (ErrorKind::Config, "this server does not speak RESP3, use Redis from 6.2 on or Valkey")
        }
        _ if error.kind() == redis::ErrorKind::InvalidClientConfig => {
            (ErrorKind::Config, "redis has not the database that the URL names, correct its number")
        }
        _ if is_auth(&error) => (ErrorKind::Auth, "redis refused the user name, the password or the command"),
        _ if is_passing(&error) => (ErrorKind::Unavailable, "redis can't serve at the moment"),
        _ => (ErrorKind::Unexpected, "redis refused the command"),
    };
    Error::new(kind, message).with_source(error)
}

fn is_auth(error: &RedisError) -> bool {
    let code = error.code().unwrap_or_default();
    matches!(
        error.kind(),
        redis::ErrorKind::AuthenticationFailed | redis::ErrorKind::Server(ServerErrorKind::NoPerm)
    ) || matches!(code, "NOAUTH" | "WRONGPASS" | "NOPERM")
}

fn is_passing(error: &RedisError) -> bool {
    use ServerErrorKind as Server;
    let code = error.code().unwrap_or_default();
    matches!(
        error.kind(),
        redis::ErrorKind::Server(
            Server::BusyLoading | Server::TryAgain | Server::MasterDown | Server::ClusterDown
        )
    ) || matches!(code, "OOM" | "MISCONF" | "BUSY" | "NOREPLICAS" | "LOADING")
}
