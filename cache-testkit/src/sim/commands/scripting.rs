//! Scripts.

use crate::sim::commands::command::Call;
use crate::sim::commands::replies::{SYNTAX, integer};
use crate::sim::machine::{Machine, SimVersion};
use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::{Known, Script, by_digest, digest};

/// What a script is refused with that the protocol doesn't use, or that was changed.
const FOREIGN: &str = "ERR this server is simulated, and runs only the cache's scripts as it knows them";

fn foreign() -> String {
    FOREIGN.to_owned()
}

pub(crate) fn eval(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let known = by_digest(digest(call.word(1)).as_bytes()).ok_or_else(foreign)?;
    machine.scripts.insert(known.name);
    run(machine, call, known)
}

pub(crate) fn evalsha(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let known = by_digest(call.word(1)).filter(|known| machine.scripts.contains(known.name));
    run(machine, call, known.ok_or_else(|| no_script(machine.version))?)
}

fn run(machine: &mut Machine, call: &Call<'_>, known: &Known) -> Answer {
    let count = integer(call.word(2))?;
    let count = usize::try_from(count).map_err(|_| "ERR Number of keys can't be negative".to_owned())?;
    let Some((keys, arguments)) = call.rest(3).split_at_checked(count) else {
        return Err("ERR Number of keys can't be greater than number of args".to_owned());
    };
    machine.declare(Some(keys.to_vec()));
    let answer = (known.run)(&mut Script::new(machine, call, keys, arguments));
    machine.declare(None);
    answer.map_err(|error| format!("{error} script: {}, on @user_script.", known.name))
}

pub(crate) fn load(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let digest = digest(call.word(2));
    let known = by_digest(digest.as_bytes()).ok_or_else(foreign)?;
    machine.scripts.insert(known.name);
    Ok(Reply::bulk(digest))
}

pub(crate) fn exists(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let known =
        |digest: &Vec<u8>| by_digest(digest).is_some_and(|known| machine.scripts.contains(known.name));
    Ok(Reply::Array(call.rest(2).iter().map(|digest| Reply::Int(known(digest).into())).collect()))
}

pub(crate) fn flush(machine: &mut Machine, call: &Call<'_>) -> Answer {
    match (call.words.len(), call.option(2).as_str()) {
        (2, _) | (3, "sync" | "async") => machine.scripts.clear(),
        _ => return Err(SYNTAX.to_owned()),
    }
    Ok(Reply::OK)
}

fn no_script(version: SimVersion) -> String {
    let hint = if version == SimVersion::Redis70 { " Please use EVAL." } else { "" };
    format!("NOSCRIPT No matching script.{hint}")
}
