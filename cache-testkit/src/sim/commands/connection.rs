//! What is said about a connection.

use crate::sim::commands::command::Call;
use crate::sim::commands::replies::{SYNTAX, integer, wrong_count};
use crate::sim::machine::{Machine, SimVersion};
use crate::sim::reply::{Answer, Reply};

pub(crate) fn ping(_: &mut Machine, call: &Call<'_>) -> Answer {
    match call.rest(1) {
        [] => Ok(Reply::Word("PONG")),
        [word] => Ok(Reply::bulk(word)),
        _ => Err(wrong_count("ping")),
    }
}

pub(crate) fn echo(_: &mut Machine, call: &Call<'_>) -> Answer {
    Ok(Reply::bulk(call.word(1)))
}

pub(crate) fn quit(machine: &mut Machine, call: &Call<'_>) -> Answer {
    if let Some(session) = machine.sessions.get_mut(&call.client) {
        session.say(&Reply::OK);
        session.end();
    }
    Ok(Reply::OK)
}

pub(crate) fn select(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let number = usize::try_from(integer(call.word(1))?).ok();
    let number = number.filter(|number| machine.data.has_database(*number));
    let number = number.ok_or("ERR DB index is out of range")?;
    if let Some(session) = machine.sessions.get_mut(&call.client) {
        session.database = number;
    }
    Ok(Reply::OK)
}

/// There is one user, who needs no password.
pub(crate) fn auth(_: &mut Machine, call: &Call<'_>) -> Answer {
    match call.rest(1) {
        [_] => Err("ERR AUTH <password> called without any password configured for the default user. \
                    Are you sure your configuration is correct?"
            .to_owned()),
        [user, _] => log_in(user),
        _ => Err(SYNTAX.to_owned()),
    }
}

fn log_in(user: &[u8]) -> Answer {
    if user == b"default" {
        return Ok(Reply::OK);
    }
    Err("WRONGPASS invalid username-password pair or user is disabled.".to_owned())
}

pub(crate) fn hello(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let mut protocol = None;
    if call.words.len() > 1 {
        let number = integer(call.word(1));
        let number =
            number.map_err(|_| "ERR Protocol version is not an integer or out of range".to_owned())?;
        protocol = Some(match number {
            2 => 2,
            3 => 3,
            _ => return Err("NOPROTO unsupported protocol version".to_owned()),
        });
    }
    let mut name = None;
    let mut options = call.rest(2);
    while let [option, rest @ ..] = options {
        options = match (option.to_ascii_lowercase().as_slice(), rest) {
            (b"auth", [user, _, rest @ ..]) => {
                log_in(user)?;
                rest
            }
            (b"setname", [given, rest @ ..]) => {
                name = Some(given.clone());
                rest
            }
            _ => {
                let option = String::from_utf8_lossy(option);
                return Err(format!("ERR Syntax error in HELLO option '{option}'"));
            }
        };
    }
    let Some(session) = machine.sessions.get_mut(&call.client) else { return Ok(Reply::Nil) };
    session.protocol = protocol.unwrap_or(session.protocol);
    session.name = name.unwrap_or_else(|| session.name.clone());
    let protocol = session.protocol;
    Ok(greeting(machine, call.client, protocol))
}

fn greeting(machine: &Machine, client: u64, protocol: u8) -> Reply {
    let (server, version) = match machine.version {
        SimVersion::Redis70 => ("redis", "7.0.15"),
        SimVersion::Valkey91 => ("valkey", "9.1.2"),
    };
    let role = if machine.replication.is_master() { "master" } else { "replica" };
    Reply::Map(vec![
        (Reply::bulk("server"), Reply::bulk(server)),
        (Reply::bulk("version"), Reply::bulk(version)),
        (Reply::bulk("proto"), Reply::Int(protocol.into())),
        (Reply::bulk("id"), Reply::Int(i64::try_from(client).unwrap_or(i64::MAX))),
        (Reply::bulk("mode"), Reply::bulk("standalone")),
        (Reply::bulk("role"), Reply::bulk(role)),
        (Reply::bulk("modules"), Reply::Array(Vec::new())),
    ])
}

/// The connection becomes as it was at its beginning.
pub(crate) fn reset(machine: &mut Machine, call: &Call<'_>) -> Answer {
    if let Some(session) = machine.sessions.get_mut(&call.client) {
        session.database = 0;
        session.protocol = 2;
        session.tracking = None;
        session.name.clear();
    }
    Ok(Reply::Word("RESET"))
}
