//! What is asked of a server before its connection serves: that it is a master, its history, its clock, and
//! that this namespace is laid out as this version lays it out.

use std::time::Instant;

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError, Value};

use crate::error::{Error, ErrorKind};
use crate::protocol::History;
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::link::{Link, Server};
use crate::value::envelope::ServerTime;

/// How a namespace is laid out: set by the first process, compared by all others.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The layout's name in the store.
    pub(crate) name: String,
    /// Format, number of buckets, and the staleness bound in milliseconds.
    pub(crate) value: String,
}

/// Prepares a new connection.
///
/// # Errors
///
/// [`ErrorKind::Config`] where the namespace is laid out otherwise, or the server does not tell its history.
pub(crate) async fn greet(link: &Link, layout: &Layout, now: Instant) -> Result<(), Error> {
    let mut connection = link.connection.clone();
    // Told of a flush or a resynchronisation, without occupying the server's tracking table. A server
    // without tracking tells nothing; the regular look at its history remains.
    let mut tracking = redis::cmd("CLIENT");
    tracking.arg("TRACKING").arg("ON").arg("OPTIN");
    if let Err(error) = tracking.query_async::<Value>(&mut connection).await
        && classify(&error) != Fault::Refused
    {
        return Err(translate(error));
    }
    let doubts = link.server.doubts();
    let mut pipeline = look();
    pipeline.cmd("GET").arg(&layout.name);
    let (info, time, found): (String, (u32, u32), Option<String>) =
        pipeline.query_async(&mut connection).await.map_err(translate)?;
    let found = match found {
        Some(found) => Some(found),
        None => lay_out(&mut connection, layout).await?,
    };
    compare(layout, found.as_deref())?;
    learn(&link.server, &info, doubts, time, now)
}

/// Sets the layout, unless somebody did. A server that refuses writes at the moment may still be read.
async fn lay_out(connection: &mut MultiplexedConnection, layout: &Layout) -> Result<Option<String>, Error> {
    let mut set = redis::cmd("SET");
    set.arg(&layout.name).arg(&layout.value).arg("NX");
    if let Err(error) = set.query_async::<Value>(connection).await
        && classify(&error) != Fault::Refused
    {
        return Err(translate(error));
    }
    redis::cmd("GET").arg(&layout.name).query_async(connection).await.map_err(translate)
}

/// Looks again at the role, the history and the clock of a server.
pub(crate) async fn look_again(link: &Link, now: Instant) -> Result<(), Error> {
    let mut connection = link.connection.clone();
    let doubts = link.server.doubts();
    let reply: Result<(String, (u32, u32)), RedisError> = look().query_async(&mut connection).await;
    let (info, time) = reply.map_err(translate)?;
    learn(&link.server, &info, doubts, time, now)
}

fn look() -> Pipeline {
    let mut pipeline = redis::pipe();
    pipeline.cmd("INFO").arg("replication").cmd("TIME");
    pipeline
}

fn compare(layout: &Layout, found: Option<&str>) -> Result<(), Error> {
    match found {
        Some(found) if found != layout.value => {
            let message = format!(
                "this namespace is laid out as {found:?} in redis, this process expects {:?}: \
                 give all its processes the same settings, or use another namespace",
                layout.value
            );
            Err(Error::new(ErrorKind::Config, message).with_key(&layout.name))
        }
        _ => Ok(()),
    }
}

fn learn(
    server: &Server,
    info: &str,
    doubts: u64,
    (seconds, micros): (u32, u32),
    now: Instant,
) -> Result<(), Error> {
    let Some(role) = field(info, "role:") else { return Err(untold()) };
    if role != "master" {
        return Err(Error::new(ErrorKind::Unavailable, "this redis server is not a master"));
    }
    let history = field(info, "master_replid:").filter(|id| id.len() == 40 && id.contains(|c| c != '0'));
    let history = history.and_then(|id| History::from_bytes(&id.as_bytes()[..16])).ok_or_else(untold)?;
    server.learn(history, doubts, ServerTime { seconds, micros }, now);
    Ok(())
}

fn untold() -> Error {
    Error::new(
        ErrorKind::Config,
        "this redis server does not tell its replication history (INFO replication)",
    )
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn told(info: &str) -> Result<Option<History>, ErrorKind> {
        let server = Server::default();
        learn(&server, info, 0, (1, 2), SystemClock.now()).map_err(|error| error.kind())?;
        Ok(server.history())
    }

    #[test]
    fn reads_the_history_of_a_master() {
        let info = format!("# Replication\r\nrole:master\r\nmaster_replid:{ID}\r\n");
        assert_eq!(told(&info), Ok(Some(History(*b"0123456789abcdef"))));
    }

    #[test]
    fn a_replica_does_not_serve() {
        assert_eq!(told(&format!("role:slave\r\nmaster_replid:{ID}\r\n")), Err(ErrorKind::Unavailable));
    }

    #[test]
    fn a_server_that_hides_its_history_is_a_setting_to_correct() {
        assert_eq!(told("role:master\r\n"), Err(ErrorKind::Config));
        assert_eq!(told(""), Err(ErrorKind::Config));
        assert_eq!(
            told(&format!("role:master\r\nmaster_replid:{}\r\n", "0".repeat(40))),
            Err(ErrorKind::Config)
        );
    }

    #[test]
    fn another_layout_is_refused() {
        let layout = Layout { name: "n:e:layout".to_owned(), value: "1;1;2000".to_owned() };
        assert!(compare(&layout, Some("1;1;2000")).is_ok());
        assert!(compare(&layout, None).is_ok());
        assert_eq!(
            compare(&layout, Some("1;128;2000")).map_err(|error| error.kind()),
            Err(ErrorKind::Config)
        );
    }
}
