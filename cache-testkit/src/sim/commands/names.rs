//! Names, whatever lies under them.

use std::collections::VecDeque;

use crate::sim::commands::command::Call;
use crate::sim::commands::replies::{SYNTAX, WRONG_TYPE};
use crate::sim::machine::{Item, Machine, Value};
use crate::sim::reply::{Answer, Reply};

pub(crate) fn remove(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let mut removed = 0;
    for name in call.rest(1) {
        if machine.look(call.database, name).is_some() {
            machine.data.take(call.database, name);
            machine.changed(name);
            removed += 1;
        }
    }
    Ok(Reply::Int(removed))
}

pub(crate) fn exists(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let found = call.rest(1).iter().filter(|name| machine.look(call.database, name).is_some());
    Ok(Reply::count(found.count()))
}

pub(crate) fn kind(machine: &mut Machine, call: &Call<'_>) -> Answer {
    Ok(Reply::Word(match machine.look(call.database, call.word(1)).map(|item| &item.value) {
        None => "none",
        Some(Value::Bytes(_)) => "string",
        Some(Value::List(_)) => "list",
    }))
}

/// Of lists there is no more than it takes to have something that is no string.
pub(crate) fn push(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let name = call.word(1);
    let mut item = match machine.look(call.database, name) {
        None => Item { value: Value::List(VecDeque::new()), until: None },
        Some(item) => item.clone(),
    };
    let Value::List(items) = &mut item.value else { return Err(WRONG_TYPE.to_owned()) };
    for word in call.rest(2) {
        if call.option(0) == "lpush" { items.push_front(word.clone()) } else { items.push_back(word.clone()) }
    }
    let length = items.len();
    machine.data.put(call.database, name, item);
    machine.changed(name);
    Ok(Reply::count(length))
}

pub(crate) fn size(machine: &mut Machine, call: &Call<'_>) -> Answer {
    Ok(Reply::count(machine.data.all().filter(|(database, ..)| *database == call.database).count()))
}

/// What has expired is not named, and stays until somebody asks for it.
pub(crate) fn keys(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let now = machine.millis();
    let names =
        machine.data.all().filter(|(database, _, item)| *database == call.database && !item.is_due(now));
    let names = names.filter(|(_, name, _)| matches(call.word(1), name));
    Ok(Reply::Array(names.map(|(_, name, _)| Reply::bulk(name)).collect()))
}

/// Whether a name is as a pattern of `*`, `?` and plain characters says; sets of characters are not known here.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skipped| matches(rest, &name[skipped..])),
        (Some((b'?', pattern)), Some((_, name))) => matches(pattern, name),
        (Some((b'\\', pattern)), _) if !pattern.is_empty() => {
            name.first() == pattern.first() && matches(&pattern[1..], &name[1..])
        }
        (Some((wanted, pattern)), Some((found, name))) => wanted == found && matches(pattern, name),
        _ => false,
    }
}

pub(crate) fn flush_all(machine: &mut Machine, call: &Call<'_>) -> Answer {
    flush(machine, call, 0..machine.data.databases())
}

pub(crate) fn flush_database(machine: &mut Machine, call: &Call<'_>) -> Answer {
    flush(machine, call, call.database..call.database + 1)
}

fn flush(machine: &mut Machine, call: &Call<'_>, databases: std::ops::Range<usize>) -> Answer {
    match (call.words.len(), call.option(1).as_str()) {
        (1, _) | (2, "sync" | "async") => {}
        _ => return Err(SYNTAX.to_owned()),
    }
    databases.for_each(|database| machine.data.flush(database));
    machine.flushed();
    Ok(Reply::OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_names() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("a*c", "abbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a", "ab", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("\\", "\\", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
