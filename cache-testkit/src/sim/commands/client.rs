//! CLIENT: what a client is told of, and what is known of it.

use crate::sim::commands::command::Call;
use crate::sim::commands::replies::{SYNTAX, integer};
use crate::sim::machine::{Choice, Machine, Tracking};
use crate::sim::reply::{Answer, Reply};

const SWITCHED: &str = "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then \
                        re-enabling it with a different mode.";

pub(crate) fn agree(_: &mut Machine, _: &Call<'_>) -> Answer {
    Ok(Reply::OK)
}

pub(crate) fn id(_: &mut Machine, call: &Call<'_>) -> Answer {
    Ok(Reply::Int(i64::try_from(call.client).unwrap_or(i64::MAX)))
}

pub(crate) fn name(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let name = machine.sessions.get(&call.client).map(|session| &session.name[..]);
    Ok(Reply::value(name.filter(|name| !name.is_empty())))
}

pub(crate) fn set_name(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let name = call.word(2);
    if !name.iter().all(u8::is_ascii_graphic) {
        let refusal = "ERR Client names cannot contain spaces, newlines or special characters.";
        return Err(refusal.to_owned());
    }
    if let Some(session) = machine.sessions.get_mut(&call.client) {
        session.name = name.to_vec();
    }
    Ok(Reply::OK)
}

pub(crate) fn tracking(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let (mut choice, mut no_loop) = (Choice::All, false);
    for place in 3..call.words.len() {
        match (call.option(place).as_str(), choice) {
            ("noloop", _) => no_loop = true,
            ("optin", Choice::OptOut) | ("optout", Choice::OptIn) => {
                return Err("ERR You can't specify both OPTIN mode and OPTOUT mode".to_owned());
            }
            ("optin", _) => choice = Choice::OptIn,
            ("optout", _) => choice = Choice::OptOut,
            ("bcast" | "prefix" | "redirect", _) => {
                return Err(
                    "ERR this server is simulated, and tells clients of what they read alone".to_owned()
                );
            }
            _ => return Err(SYNTAX.to_owned()),
        }
    }
    let current = machine.tracking_of(call.client).map(|tracking| tracking.choice);
    let tracking = match call.option(2).as_str() {
        "on" => match (current, choice) {
            (Some(Choice::OptIn), Choice::OptOut) | (Some(Choice::OptOut), Choice::OptIn) => {
                return Err(SWITCHED.to_owned());
            }
            _ => Some(Tracking { choice, no_loop, caching: false }),
        },
        "off" => None,
        _ => return Err(SYNTAX.to_owned()),
    };
    if let Some(session) = machine.sessions.get_mut(&call.client) {
        session.tracking = tracking;
    }
    Ok(Reply::OK)
}

pub(crate) fn caching(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let Some(tracking) = machine.tracking_of(call.client) else {
        return Err(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT \
                    mode enabled"
                .to_owned(),
        );
    };
    match (call.option(2).as_str(), tracking.choice) {
        ("yes", Choice::OptIn) | ("no", Choice::OptOut) => tracking.caching = true,
        ("yes", _) => {
            return Err(
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.".to_owned()
            );
        }
        ("no", _) => {
            return Err(
                "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.".to_owned()
            );
        }
        _ => return Err(SYNTAX.to_owned()),
    }
    Ok(Reply::OK)
}

pub(crate) fn tracking_info(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let tracking = machine.tracking_of(call.client).copied();
    let mut flags = Vec::new();
    match tracking {
        None => flags.push("off"),
        Some(tracking) => {
            flags.push("on");
            match tracking.choice {
                Choice::All => {}
                Choice::OptIn => {
                    flags.extend(["optin"].into_iter().chain(tracking.caching.then_some("caching-yes")))
                }
                Choice::OptOut => {
                    flags.extend(["optout"].into_iter().chain(tracking.caching.then_some("caching-no")))
                }
            }
            flags.extend(tracking.no_loop.then_some("noloop"));
        }
    }
    let redirect = if tracking.is_some() { 0 } else { -1 };
    Ok(Reply::Map(vec![
        (Reply::bulk("flags"), Reply::Set(flags.into_iter().map(Reply::bulk).collect())),
        (Reply::bulk("redirect"), Reply::Int(redirect)),
        (Reply::bulk("prefixes"), Reply::Array(Vec::new())),
    ]))
}

/// By type all others, by id anyone.
pub(crate) fn kill(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let everyone = machine.sessions.keys().copied();
    let ended: Vec<u64> = match (call.words.len(), call.option(2).as_str()) {
        (4, "type") if call.option(3) == "normal" => {
            everyone.filter(|client| *client != call.client).collect()
        }
        (4, "id") => {
            let wanted = u64::try_from(integer(call.word(3))?).ok();
            everyone.filter(|client| Some(*client) == wanted && *client != call.client).collect()
        }
        _ => return Err(SYNTAX.to_owned()),
    };
    for client in &ended {
        machine.end(*client);
    }
    Ok(Reply::count(ended.len()))
}
