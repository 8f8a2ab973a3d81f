//! Times to live.

use crate::sim::commands::command::{Call, lower};
use crate::sim::commands::replies::integer;
use crate::sim::machine::Machine;
use crate::sim::reply::{Answer, Reply};

/// A time as a moment, in milliseconds of the Unix era; `None` if there is no such moment.
pub(crate) fn moment(machine: &Machine, time: i64, seconds: bool, absolute: bool) -> Option<i64> {
    let millis = if seconds { time.checked_mul(1000)? } else { time };
    let now = i64::try_from(machine.millis()).unwrap_or(i64::MAX);
    if absolute { Some(millis) } else { millis.checked_add(now) }
}

pub(crate) fn expire(machine: &mut Machine, call: &Call<'_>) -> Answer {
    set(machine, call, true, false)
}

pub(crate) fn expire_at(machine: &mut Machine, call: &Call<'_>) -> Answer {
    set(machine, call, true, true)
}

pub(crate) fn expire_in_millis(machine: &mut Machine, call: &Call<'_>) -> Answer {
    set(machine, call, false, false)
}

pub(crate) fn expire_at_millis(machine: &mut Machine, call: &Call<'_>) -> Answer {
    set(machine, call, false, true)
}

fn set(machine: &mut Machine, call: &Call<'_>, seconds: bool, absolute: bool) -> Answer {
    let condition = Condition::parse(call.rest(3))?;
    let invalid = || format!("ERR invalid expire time in '{}' command", call.option(0));
    let at = moment(machine, integer(call.word(2))?, seconds, absolute).ok_or_else(invalid)?;
    let name = call.word(1);
    let Some(mut item) = machine.look(call.database, name).cloned() else { return Ok(Reply::Int(0)) };
    let until = item.until.and_then(|until| i64::try_from(until).ok());
    if !condition.holds(until, at) {
        return Ok(Reply::Int(0));
    }
    let now = i64::try_from(machine.millis()).unwrap_or(i64::MAX);
    if at <= now && machine.replication.is_master() {
        machine.data.take(call.database, name);
    } else {
        item.until = u64::try_from(at).ok();
        machine.data.put(call.database, name, item);
    }
    machine.changed(name);
    Ok(Reply::Int(1))
}

/// When a time to live is set.
#[derive(Debug, Default)]
struct Condition {
    if_none: bool,
    if_any: bool,
    if_later: bool,
    if_earlier: bool,
}

impl Condition {
    fn parse(words: &[Vec<u8>]) -> Result<Self, String> {
        let mut condition = Self::default();
        for word in words {
            match lower(word).as_str() {
                "nx" => condition.if_none = true,
                "xx" => condition.if_any = true,
                "gt" => condition.if_later = true,
                "lt" => condition.if_earlier = true,
                _ => return Err(format!("ERR Unsupported option {}", String::from_utf8_lossy(word))),
            }
        }
        if condition.if_none && (condition.if_any || condition.if_later || condition.if_earlier) {
            return Err("ERR NX and XX, GT or LT options at the same time are not compatible".to_owned());
        }
        if condition.if_later && condition.if_earlier {
            return Err("ERR GT and LT options at the same time are not compatible".to_owned());
        }
        Ok(condition)
    }

    /// What has no time to live lives longer than anything.
    fn holds(&self, until: Option<i64>, at: i64) -> bool {
        !(self.if_none && until.is_some()
            || self.if_any && until.is_none()
            || self.if_later && until.is_none_or(|until| at <= until)
            || self.if_earlier && until.is_some_and(|until| at >= until))
    }
}

pub(crate) fn persist(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let name = call.word(1);
    let item = machine.look(call.database, name).filter(|item| item.until.is_some());
    let Some(mut item) = item.cloned() else { return Ok(Reply::Int(0)) };
    item.until = None;
    machine.data.put(call.database, name, item);
    machine.changed(name);
    Ok(Reply::Int(1))
}

pub(crate) fn remaining_millis(machine: &mut Machine, call: &Call<'_>) -> Answer {
    remaining(machine, call).map(Reply::Int)
}

pub(crate) fn remaining_seconds(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let millis = remaining(machine, call)?;
    Ok(Reply::Int(if millis < 0 { millis } else { (millis + 500) / 1000 }))
}

/// What is left in milliseconds: -2 where there is nothing, -1 where it lives for ever.
fn remaining(machine: &mut Machine, call: &Call<'_>) -> Result<i64, String> {
    let now = machine.millis();
    Ok(match machine.look(call.database, call.word(1)).map(|item| item.until) {
        None => -2,
        Some(None) => -1,
        Some(Some(until)) => i64::try_from(until.saturating_sub(now)).unwrap_or(i64::MAX),
    })
}
