//! A new connection: the socket, the version of the protocol, who we are, and which database.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, ConnectionInfo, ErrorKind, RedisError, ServerErrorKind, Value};

use crate::clock::{Clock, within};
use crate::store::redis::wire::line::Listener;
use crate::store::redis::wire::reply::Reply;
use crate::store::redis::wire::shared::Wire;
use crate::store::redis::wire::socket::connect;
use crate::store::redis::wire::waiting::{Outcome, late, one};

/// Connects and logs in, on the current runtime.
///
/// # Errors
///
/// The server can't be reached within this time, or it refuses.
pub(crate) async fn open(
    info: &ConnectionInfo,
    limit: Duration,
    clock: Arc<dyn Clock>,
    listener: Listener,
) -> Result<Wire, RedisError> {
    let timer = clock.sleep(limit);
    let opened = async {
        let wire = Wire::new(connect(info).await?, clock, listener);
        log_in(&wire, info, limit).await?;
        Ok(wire)
    };
    within(timer, opened).await.unwrap_or_else(|| Err(late()))
}

async fn log_in(wire: &Wire, info: &ConnectionInfo, limit: Duration) -> Result<(), RedisError> {
    let settings = info.redis_settings();
    let hello = hello(settings.username(), settings.password());
    // On its own: a server that has no room for another client refuses what comes first, and hangs up.
    if let Reply::Other(Value::ServerError(error)) = one(say(wire, limit, &[hello]).await?) {
        return Err(refused(error.into()));
    }
    let mut commands = Vec::new();
    if settings.db() != 0 {
        commands.push(command(&["SELECT", &settings.db().to_string()]));
    }
    // Who can't be told does not mind.
    commands.push(command(&["CLIENT", "SETINFO", "LIB-NAME", env!("CARGO_PKG_NAME")]));
    commands.push(command(&["CLIENT", "SETINFO", "LIB-VER", env!("CARGO_PKG_VERSION")]));
    let first = say(wire, limit, &commands).await?.into_iter().next();
    match first {
        Some(Reply::Other(Value::ServerError(error))) if settings.db() != 0 => Err(no_database(error.into())),
        _ => Ok(()),
    }
}

async fn say(wire: &Wire, limit: Duration, commands: &[Cmd]) -> Outcome {
    let write = |out: &mut Vec<u8>| commands.iter().for_each(|command| command.write_packed_command(out));
    wire.send(commands.len(), limit, write).await
}

fn hello(user: Option<&str>, password: Option<&str>) -> Cmd {
    match password {
        Some(password) => command(&["HELLO", "3", "AUTH", user.unwrap_or("default"), password]),
        None => command(&["HELLO", "3"]),
    }
}

fn command(words: &[&str]) -> Cmd {
    let mut command = Cmd::new();
    for word in words {
        command.arg(word);
    }
    command
}

/// The text of an error without a code of its own may repeat what it refuses, and that may be the password.
fn refused(error: RedisError) -> RedisError {
    if error.kind() != ErrorKind::Server(ServerErrorKind::ResponseError) {
        return error;
    }
    let text = error.detail().unwrap_or_default();
    if text.starts_with("max number of clients") {
        let message = "the server has no room for another client (maxclients)";
        return io::Error::new(io::ErrorKind::ConnectionRefused, message).into();
    }
    if text.starts_with("unknown command") {
        return (ErrorKind::RESP3NotSupported, "the server does not know HELLO").into();
    }
    (ErrorKind::Client, "the server refused HELLO 3").into()
}

fn no_database(error: RedisError) -> RedisError {
    if error.kind() != ErrorKind::Server(ServerErrorKind::ResponseError) {
        return error;
    }
    let text = error.detail().unwrap_or_default().to_owned();
    (ErrorKind::InvalidClientConfig, "the server refused SELECT", text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> RedisError {
        let reply = redis::parse_redis_value(format!("-{text}\r\n").as_bytes()).expect("it is a reply");
        refused(reply.extract_error().expect_err("it is an error"))
    }

    #[test]
    fn what_a_server_says_of_a_login_does_not_repeat_the_password() {
        for text in [
            "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `hunter2`, ",
            "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'hunter2' ",
            "ERR max number of clients reached, hunter2",
            "ERR syntax error near 'hunter2'",
        ] {
            let error = said(text);
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn what_can_pass_is_told_from_what_has_to_be_mended() {
        assert!(said("ERR max number of clients reached").is_io_error());
        assert_eq!(said("ERR unknown command `HELLO`").kind(), ErrorKind::RESP3NotSupported);
        assert_eq!(said("WRONGPASS invalid username-password pair").code(), Some("WRONGPASS"));
        assert_eq!(said("LOADING Redis is loading").kind(), ErrorKind::Server(ServerErrorKind::BusyLoading));
    }
}
