//! ACQUIRE: asks for the lease of one entry.

use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::lua::{rest, sub};
use crate::sim::scripts::script::Script;

fn only(number: i64) -> Answer {
    Ok(Reply::Array(vec![Reply::Int(number)]))
}

pub(crate) fn acquire(script: &mut Script<'_>) -> Answer {
    let n = script.count(3)?;
    let mut found = script.values(2, 3 + n)?.into_iter();
    let (lease, incarnation) = (found.next().flatten(), found.next().flatten());
    let Some(incarnation) = incarnation.filter(|incarnation| Ok(rest(incarnation, 13)) == script.argument(6))
    else {
        return only(4);
    };
    if script.is_marked(4 + n)? {
        return only(3);
    }
    let (token, permanent, stamp_ttl) = (script.argument(1)?, script.count(4)?, script.argument(5)?);
    let mut generation = sub(&incarnation, 1, 12).to_vec();
    let mut fresh = vec![false; n];
    for (place, stamp) in found.enumerate() {
        let stamp = match stamp.filter(|stamp| stamp.len() == 12) {
            Some(stamp) => stamp,
            None => {
                fresh[place] = true;
                write_stamp(script, place, place < permanent, token, stamp_ttl)?
            }
        };
        generation.extend_from_slice(&stamp);
    }
    let end = (11 + generation.len()).to_string();
    let head = script.value(&[b"GETRANGE", script.key(1)?, b"2", end.as_bytes()])?.unwrap_or_default();
    let is_valid = head.first().is_some_and(|nonces| usize::from(*nonces) == n + 1)
        && sub(&head, 3, 10) != script.argument(7)?
        && rest(&head, 11) == generation;
    if is_valid {
        return only(0);
    }
    if let Some(lease) = lease.filter(|lease| rest(lease, 26) == generation) {
        return held(script, &lease, generation);
    }
    rearm(script, &fresh, permanent)?;
    let id = [token, &script.now()].concat();
    let value = [b"L", &id[..], &generation].concat();
    script.call(&[b"SET", script.key(2)?, &value, b"PX", script.argument(2)?])?;
    Ok(Reply::Array(vec![Reply::Int(1), Reply::Bulk(generation), Reply::Bulk(id)]))
}

/// Writes a stamp that is missing; PUT does the same.
pub(crate) fn write_stamp(
    script: &mut Script<'_>,
    place: usize,
    permanent: bool,
    token: &[u8],
    ttl: &[u8],
) -> Result<Vec<u8>, String> {
    let stamp = [sub(token, 1, 4), &script.now()].concat();
    let key = script.key(4 + place)?;
    if permanent {
        script.call(&[b"SET", key, &stamp])?;
    } else {
        script.call(&[b"SET", key, &stamp, b"PX", ttl])?;
    }
    Ok(stamp)
}

/// A live lease of the same generation is there.
fn held(script: &mut Script<'_>, lease: &[u8], generation: Vec<u8>) -> Answer {
    let (id, generation) = (sub(lease, 2, 25), Reply::Bulk(generation));
    if sub(id, 1, 16) == script.argument(1)? {
        return Ok(Reply::Array(vec![Reply::Int(1), generation, Reply::bulk(id)]));
    }
    let remaining = script.integer(&[b"PTTL", script.key(2)?])?;
    Ok(Reply::Array(vec![Reply::Int(2), generation, Reply::Int(remaining), Reply::bulk(id)]))
}

/// Stamps whose time is half over get it anew.
fn rearm(script: &mut Script<'_>, fresh: &[bool], permanent: usize) -> Result<(), String> {
    let ttl = script.number(5)?;
    for (place, fresh) in fresh.iter().enumerate().skip(permanent) {
        let key = script.key(4 + place)?;
        if !fresh && script.integer(&[b"PTTL", key])? * 2 < ttl {
            script.call(&[b"PEXPIRE", key, script.argument(5)?])?;
        }
    }
    Ok(())
}
