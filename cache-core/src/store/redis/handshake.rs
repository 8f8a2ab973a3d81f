//! What is asked of a server before its connection serves: that it tells of changes, that it is a master, its
//! version, its history, its clock, and that this namespace is laid out as this version lays it out.

use redis::Value;
use redis::aio::MultiplexedConnection;

use crate::clock::Clock;
use crate::error::Error;
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::layout::Layout;
use crate::store::redis::link::Link;
use crate::store::redis::look::{field, learn};

/// Prepares a new connection.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config) where the namespace is laid out otherwise, or the server does
/// not tell its history.
pub(crate) async fn greet(link: &Link, layout: &Layout, clock: &dyn Clock) -> Result<(), Error> {
    let mut connection = link.connection.clone();
    if track(link, &mut connection).await?
        && let Some(tracking) = &link.server.tracking
    {
        tracking.begin();
    }
    let (doubts, sent) = (link.server.doubts(), clock.now());
    let mut pipeline = redis::pipe();
    pipeline.cmd("INFO").arg("replication").cmd("TIME").cmd("INFO").arg("server");
    pipeline.cmd("GET").arg(&layout.name);
    let (replication, time, server, found): (String, (u32, u32), String, Option<String>) =
        pipeline.query_async(&mut connection).await.map_err(translate)?;
    // Only a push about a name that was read can come in the middle of the answer that finds it expired.
    link.server.set_torn(link.server.tracking.is_some() && tears(&server));
    layout.check(found, &mut connection).await?;
    learn(&link.server, &replication, doubts, time, sent)
}

/// Asks the server to tell of changes, and answers whether it does: of every name that is read over a tracked
/// connection; of a flush or a resynchronisation alone, which occupies no memory of the server, over others.
/// Without that the regular look at the server remains.
async fn track(link: &Link, connection: &mut MultiplexedConnection) -> Result<bool, Error> {
    let mut tracking = redis::cmd("CLIENT");
    tracking.arg("TRACKING").arg("ON");
    if link.server.tracking.is_none() {
        tracking.arg("OPTIN");
    }
    match tracking.query_async::<Value>(connection).await {
        Ok(_) => Ok(true),
        Err(error) if classify(&error) == Fault::Refused => Ok(false),
        Err(error) => Err(translate(error)),
    }
}

/// Whether the server may put a push in the middle of an array: Redis did before 7.0 (its issue 8935). Valkey is
/// younger, and says so by the version of Redis that it is compatible with.
fn tears(info: &str) -> bool {
    let version = field(info, "redis_version:").or_else(|| field(info, "valkey_version:"));
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    major.is_none_or(|major| major < 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_old_or_unknown_server_is_asked_for_each_value_alone() {
        for (info, expected) in [
            ("# Server\r\nredis_version:6.2.14\r\n", true),
            ("# Server\r\nredis_version:7.0.15\r\n", false),
            ("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n", false),
            ("redis_version:10.0.0\r\n", false),
            ("redis_version:255.255.255\r\n", false),
            ("", true),
        ] {
            assert_eq!(tears(info), expected, "{info}");
        }
    }
}
