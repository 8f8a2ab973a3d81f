//! The regular look at a server: at its role, its history and its clock; and over a tracked connection the
//! heartbeat, which tells for how long values that were read over it may be trusted.
//!
//! # Why does a heartbeat write?
//!
//! The answer to a heartbeat proves that every change before its sending has been told, if the server is the one
//! at which changes are made. A node that is cut off from its cluster may still answer questions; what it refuses
//! is a write. So the write counts as answered well where the server refuses it for a reason that it only looks
//! at after it found itself fit to serve: it is out of memory (OOM), or can't save to disk (MISCONF). It counts
//! too where the user lacks the permission (NOPERM), although that is looked at first: it says nothing of a
//! cluster's node, but a server that stands alone is fit to serve once it answers.

use std::time::Instant;

use redis::{FromRedisValue, Pipeline, RedisError, Value};

use crate::error::{Error, ErrorKind};
use crate::protocol::History;
use crate::store::redis::fault::translate;
use crate::store::redis::link::Link;
use crate::store::redis::manager::Manager;
use crate::store::redis::server::Server;
use crate::store::redis::wire::Reply;
use crate::value::envelope::ServerTime;

/// How long the name lives that a heartbeat writes.
const WRITTEN_MS: u32 = 10_000;
/// Each time after so many looks the layout is compared again.
const LAYOUT_EVERY: u32 = 10;

/// Looks at a server for the `turn`-th time.
///
/// # Errors
///
/// As at connect: what a server says that can't be used any more.
pub(crate) async fn look(link: &Link, manager: &Manager, turn: u32) -> Result<(), Error> {
    let tracked = link.server.tracker().is_some();
    let with_layout = turn.is_multiple_of(LAYOUT_EVERY);
    let (doubts, sent) = (link.server.doubts(), manager.clock.now());
    let pipeline = questions(manager, tracked, with_layout);
    let mut answers = link.query_all(&pipeline).await.map_err(translate)?.into_iter();
    let info: String = read(answers.next())?;
    let time = read(answers.next())?;
    let written = tracked.then(|| answers.next());
    if with_layout {
        manager.layout.check(read(answers.next())?, link).await?;
    }
    learn(&link.server, &info, doubts, time, sent)?;
    match written.flatten() {
        Some(Reply::Other(Value::ServerError(error))) if !is_fit(error.code()) => {
            let error = translate(RedisError::from(error));
            tracing::debug!(target: "cache", %error, "redis refused a heartbeat");
            // One that is busy may not have told of every change.
            link.server.missed();
            link.server.refused();
        }
        Some(_) if link.server.history().is_some() => link.server.extend(sent, manager.layout.bound),
        _ => {}
    }
    Ok(())
}

fn questions(manager: &Manager, tracked: bool, with_layout: bool) -> Pipeline {
    let mut pipeline = redis::pipe();
    pipeline.cmd("INFO").arg("replication").cmd("TIME");
    if tracked {
        pipeline.cmd("SET").arg(&manager.heartbeat).arg("").arg("PX").arg(WRITTEN_MS);
    }
    if with_layout {
        pipeline.cmd("GET").arg(&manager.layout.name);
    }
    pipeline
}

/// Reads one of several answers.
pub(crate) fn read<T: FromRedisValue>(answer: Option<Reply>) -> Result<T, Error> {
    let answer = answer.ok_or_else(|| Error::new(ErrorKind::Unexpected, "redis answered too little"))?;
    let value = answer.value().map_err(translate)?;
    T::from_redis_value(value).map_err(|error| translate(error.into()))
}

/// Whether a server that refuses a write with this code is fit to serve.
fn is_fit(code: &str) -> bool {
    matches!(code, "OOM" | "MISCONF" | "NOPERM")
}

/// Learns the history and the clock of a server that was asked at this time.
pub(crate) fn learn(
    server: &Server,
    info: &str,
    doubts: u64,
    (seconds, micros): (u32, u32),
    sent: Instant,
) -> Result<(), Error> {
    let Some(role) = field(info, "role:") else { return Err(untold()) };
    if role != "master" {
        return Err(Error::new(ErrorKind::Unavailable, "this redis server is not a master"));
    }
    let history = field(info, "master_replid:").filter(|id| id.len() == 40 && id.contains(|c| c != '0'));
    let history = history.and_then(|id| History::from_bytes(&id.as_bytes()[..16])).ok_or_else(untold)?;
    if server.history().is_some_and(|known| known != history) {
        // What was read before counts for nothing; the next look, which comes at once, learns the new one.
        server.has_another_history();
    }
    server.learn(history, doubts, ServerTime { seconds, micros }, sent);
    Ok(())
}

fn untold() -> Error {
    Error::new(
        ErrorKind::Config,
        "this redis server does not tell its replication history (INFO replication)",
    )
}

pub(crate) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";
    const OTHER: &str = "f123456789abcdef0123456789abcdef01234567";

    fn info(id: &str) -> String {
        format!("# Replication\r\nrole:master\r\nmaster_replid:{id}\r\n")
    }

    fn tell(server: &Server, info: &str) -> Result<(), Error> {
        learn(server, info, server.doubts(), (1, 2), SystemClock.now())
    }

    fn told(info: &str) -> Result<Option<History>, ErrorKind> {
        let server = Server::default();
        tell(&server, info).map_err(|error| error.kind())?;
        Ok(server.history())
    }

    #[test]
    fn reads_the_history_of_a_master() {
        assert_eq!(told(&info(ID)), Ok(Some(History(*b"0123456789abcdef"))));
    }

    #[test]
    fn a_replica_does_not_serve() {
        assert_eq!(told(&format!("role:slave\r\nmaster_replid:{ID}\r\n")), Err(ErrorKind::Unavailable));
    }

    #[test]
    fn a_server_that_hides_its_history_is_a_setting_to_correct() {
        assert_eq!(told("role:master\r\n"), Err(ErrorKind::Config));
        assert_eq!(told(""), Err(ErrorKind::Config));
        assert_eq!(told(&info(&"0".repeat(40))), Err(ErrorKind::Config));
    }

    #[test]
    fn another_history_is_learned_in_two_steps() {
        let server = Server::default();
        tell(&server, &info(ID)).expect("it is a master");
        tell(&server, &info(ID)).expect("it is a master");
        assert!(server.history().is_some());
        tell(&server, &info(OTHER)).expect("it is a master");
        assert_eq!(server.history(), None, "what is under way was asked of the older one");
        tell(&server, &info(OTHER)).expect("it is a master");
        assert_eq!(server.history(), Some(History(*b"f123456789abcdef")));
    }
}
