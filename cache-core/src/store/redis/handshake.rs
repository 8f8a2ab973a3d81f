//! What is asked of a server before its connection serves: that it tells of changes, that it is a master, its
//! version, its history, its clock, and that this namespace is laid out as this version lays it out.

use redis::Value;

use crate::clock::Clock;
use crate::error::Error;
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::layout::Layout;
use crate::store::redis::link::Link;
use crate::store::redis::look::{field, learn, read};
use crate::store::redis::stamps::Told;

/// Prepares a new connection.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config) where the namespace is laid out otherwise, or the server does
/// not tell its history.
pub(crate) async fn greet(link: &Link, layout: &Layout, clock: &dyn Clock) -> Result<(), Error> {
    let info: String = link.query(redis::cmd("INFO").arg("server")).await.map_err(translate)?;
    let order = Order::of(&info);
    // Also who can't be relied on to tell of each change may tell of a resynchronisation.
    let on_request = link.server.tracking.is_none() || !order.is_told_whole();
    let told = track(on_request, link).await? && order.is_told_whole();
    if told && let Some(tracking) = &link.server.tracking {
        tracking.begin();
    }
    link.server.set_torn(link.server.tracking.is_some() && order == Order::Torn);
    link.server.stamps.are_told(match (&link.server.tracking, order) {
        (Some(_), Order::Kept) if told => Told::Everything,
        (None, Order::Kept) if told => Told::OnRequest,
        _ => Told::Nothing,
    });
    let (doubts, sent) = (link.server.doubts(), clock.now());
    let mut pipeline = redis::pipe();
    pipeline.cmd("INFO").arg("replication").cmd("TIME").cmd("GET").arg(&layout.name);
    let mut answers = link.query_all(&pipeline).await.map_err(translate)?.into_iter();
    let replication: String = read(answers.next())?;
    let time = read(answers.next())?;
    layout.check(read(answers.next())?, link).await?;
    learn(&link.server, &replication, doubts, time, sent)
}

/// Asks the server to tell of changes, and answers whether it does: of every name that is read over a tracked
/// connection; over others of a flush or a resynchronisation, and of the names that are asked for in a special way.
/// Without that the regular look at the server remains.
async fn track(on_request: bool, link: &Link) -> Result<bool, Error> {
    let mut tracking = redis::cmd("CLIENT");
    tracking.arg("TRACKING").arg("ON");
    if on_request {
        tracking.arg("OPTIN");
    }
    match link.query::<Value>(&tracking).await {
        Ok(_) => Ok(true),
        Err(error) if classify(&error) == Fault::Refused => Ok(false),
        Err(error) => Err(translate(error)),
    }
}

/// In which order a server tells of changes. `tests/tests/servers/telling` tries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Of each before it answers a later command.
    Kept,
    /// Also in the middle of an array, as Redis did before 6.2.7 (its issue 9422).
    Torn,
    /// It may lose what it has to tell when it refuses a command (Redis' issue 11814).
    Lossy,
    /// It is not known to keep any: several of its threads may serve one connection.
    Unknown,
}

impl Order {
    /// Valkey is younger than all of this, and says so by the version of Redis that it is compatible with. Others say
    /// that they are compatible too, and who they are beside it.
    fn of(info: &str) -> Self {
        const OTHERS: [&str; 3] = ["dragonfly_version:", "garnet_version:", "kvrocks_version:"];
        let number = |part: Option<&str>| part?.parse::<u32>().ok();
        let mut version = field(info, "redis_version:").unwrap_or_default().split('.');
        let (major, minor) = (number(version.next()), number(version.next()));
        match (major, minor, number(version.next())) {
            _ if OTHERS.iter().any(|name| field(info, name).is_some()) => Self::Unknown,
            (Some(6), Some(..2), _) | (Some(6), Some(2), Some(..7)) => Self::Torn,
            (Some(6), Some(2), Some(7..11)) | (Some(7), Some(0), Some(..9)) => Self::Lossy,
            (Some(6), Some(2), _) | (Some(7..), ..) => Self::Kept,
            _ => Self::Unknown,
        }
    }

    /// Whether every change is told before anything that was asked after it is answered.
    fn is_told_whole(self) -> bool {
        matches!(self, Self::Kept | Self::Torn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_that_are_known_to_tell_in_order_are_relied_on() {
        for (version, expected) in [
            ("6.0.16", Order::Torn),
            ("6.2.6", Order::Torn),
            ("6.2.7", Order::Lossy),
            ("6.2.10", Order::Lossy),
            ("6.2.14", Order::Kept),
            ("6.3.4", Order::Unknown),
            ("7.0.0", Order::Lossy),
            ("7.0.8", Order::Lossy),
            ("7.0.9", Order::Kept),
            ("7.0.15", Order::Kept),
            ("7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1", Order::Kept),
            ("7.4.0\r\ndragonfly_version:df-v1.30.0", Order::Unknown),
            ("8.2.1", Order::Kept),
            ("255.255.255", Order::Kept),
            ("", Order::Unknown),
        ] {
            assert_eq!(Order::of(&format!("# Server\r\nredis_version:{version}\r\n")), expected, "{version}");
        }
        assert_eq!(Order::of(""), Order::Unknown);
    }
}
