//! Strings.

use crate::sim::commands::command::{Call, lower};
use crate::sim::commands::expiry::moment;
use crate::sim::commands::replies::{SYNTAX, WRONG_TYPE, integer};
use crate::sim::machine::{Item, Machine, SimVersion, Value};
use crate::sim::reply::{Answer, Reply};

/// The string under a name; an error where something else lies there.
fn string<'a>(machine: &'a mut Machine, call: &Call<'_>, name: &[u8]) -> Result<Option<&'a [u8]>, String> {
    match machine.look(call.database, name).map(|item| &item.value) {
        Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
        Some(Value::List(_)) => Err(WRONG_TYPE.to_owned()),
        None => Ok(None),
    }
}

pub(crate) fn get(machine: &mut Machine, call: &Call<'_>) -> Answer {
    string(machine, call, call.word(1)).map(Reply::value)
}

/// What is no string counts as nothing here.
pub(crate) fn get_many(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let values = call.rest(1).iter();
    let values = values.map(|name| Reply::value(string(machine, call, name).unwrap_or_default()));
    Ok(Reply::Array(values.collect()))
}

pub(crate) fn length(machine: &mut Machine, call: &Call<'_>) -> Answer {
    string(machine, call, call.word(1)).map(|bytes| Reply::count(bytes.map_or(0, <[u8]>::len)))
}

pub(crate) fn get_range(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let (start, end) = (integer(call.word(2))?, integer(call.word(3))?);
    let bytes = string(machine, call, call.word(1))?.unwrap_or_default();
    let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    if start < 0 && end < 0 && start > end {
        return Ok(Reply::bulk(""));
    }
    let from_end = |place: i64| if place < 0 { (length + place).max(0) } else { place };
    let (start, end) = (from_end(start), from_end(end).min(length - 1));
    let range = usize::try_from(start).ok().zip(usize::try_from(end + 1).ok());
    let part = range.and_then(|(start, end)| bytes.get(start..end)).unwrap_or_default();
    Ok(Reply::bulk(part))
}

/// What SET was told beside the name and the value.
#[derive(Debug, Default)]
struct Options {
    if_absent: bool,
    if_present: bool,
    get: bool,
    keep_ttl: bool,
    until: Option<(String, Vec<u8>)>,
}

fn options(words: &[Vec<u8>]) -> Result<Options, String> {
    let (mut options, mut words) = (Options::default(), words.iter());
    while let Some(word) = words.next() {
        let word = lower(word);
        match word.as_str() {
            "nx" if !options.if_present => options.if_absent = true,
            "xx" if !options.if_absent => options.if_present = true,
            "get" => options.get = true,
            "keepttl" if options.until.is_none() => options.keep_ttl = true,
            "ex" | "px" | "exat" | "pxat" if options.until.is_none() && !options.keep_ttl => {
                let time = words.next().ok_or(SYNTAX)?;
                options.until = Some((word, time.clone()));
            }
            _ => return Err(SYNTAX.to_owned()),
        }
    }
    Ok(options)
}

pub(crate) fn set(machine: &mut Machine, call: &Call<'_>) -> Answer {
    write(machine, call, call.word(2), &options(call.rest(3))?, "set")
}

pub(crate) fn set_if_absent(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let options = Options { if_absent: true, ..Options::default() };
    let written = write(machine, call, call.word(2), &options, "setnx")?;
    Ok(Reply::Int(i64::from(written != Reply::Nil)))
}

pub(crate) fn set_for_seconds(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let until = Some(("ex".to_owned(), call.word(2).to_vec()));
    write(machine, call, call.word(3), &Options { until, ..Options::default() }, "setex")
}

pub(crate) fn set_for_millis(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let until = Some(("px".to_owned(), call.word(2).to_vec()));
    write(machine, call, call.word(3), &Options { until, ..Options::default() }, "psetex")
}

fn write(machine: &mut Machine, call: &Call<'_>, value: &[u8], options: &Options, name: &str) -> Answer {
    let key = call.word(1);
    let until = match &options.until {
        Some((unit, time)) => Some(lifetime(machine, unit, time, name)?),
        None => None,
    };
    let before = if options.get { Reply::value(string(machine, call, key)?) } else { Reply::OK };
    let found = machine.look(call.database, key).cloned();
    if (options.if_absent && found.is_some()) || (options.if_present && found.is_none()) {
        return Ok(if options.get { before } else { Reply::Nil });
    }
    let over = until.is_some_and(|until| until <= machine.millis());
    if over && machine.version == SimVersion::Valkey91 {
        if machine.data.take(call.database, key).is_some() {
            machine.changed(key);
        }
        return Ok(before);
    }
    let kept = found.filter(|_| options.keep_ttl).and_then(|item| item.until);
    let item = Item { value: Value::Bytes(value.to_vec()), until: until.or(kept) };
    machine.data.put(call.database, key, item);
    machine.changed(key);
    Ok(before)
}

/// The moment until which a value lives. Unlike with EXPIRE it must be told by a number above 0.
fn lifetime(machine: &Machine, unit: &str, time: &[u8], command: &str) -> Result<u64, String> {
    let invalid = || format!("ERR invalid expire time in '{command}' command");
    let time = integer(time)?;
    if time <= 0 {
        return Err(invalid());
    }
    let moment = moment(machine, time, unit.starts_with('e'), unit.ends_with("at")).ok_or_else(invalid)?;
    u64::try_from(moment).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        let parse = |line: &str| {
            let words: Vec<Vec<u8>> = line.split_whitespace().map(|word| word.into()).collect();
            options(&words).is_ok()
        };
        for line in ["", "nx", "XX get", "px 5 nx", "keepttl", "get nx pxat 7", "nx nx"] {
            assert!(parse(line), "{line}");
        }
        for line in ["nx xx", "px", "px 5 ex 5", "keepttl px 5", "px 5 keepttl", "foo"] {
            assert!(!parse(line), "{line}");
        }
    }
}
