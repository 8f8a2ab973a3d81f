//! PUT: stores by hand.

use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::acquire::write_stamp;
use crate::sim::scripts::lua::{rest, sub};
use crate::sim::scripts::script::Script;

pub(crate) fn put(script: &mut Script<'_>) -> Answer {
    let (n, permanent) = (script.count(2)?, script.count(3)?);
    let mut found = script.values(3, 3 + n)?.into_iter();
    let incarnation = found.next().flatten();
    let Some(incarnation) = incarnation.filter(|incarnation| Ok(rest(incarnation, 13)) == script.argument(5))
    else {
        return Ok(Reply::Array(vec![Reply::Int(4)]));
    };
    if script.is_marked(4 + n)? {
        return Ok(Reply::Array(vec![Reply::Int(3)]));
    }
    let (token, stamp_ttl, now) = (script.argument(1)?, script.argument(4)?, script.now());
    let mut generation = sub(&incarnation, 1, 12).to_vec();
    for (place, stamp) in found.enumerate() {
        let stamp = match stamp.filter(|stamp| stamp.len() == 12) {
            Some(stamp) => stamp,
            None => write_stamp(script, place, place < permanent, token, stamp_ttl)?,
        };
        generation.extend_from_slice(&stamp);
    }
    script.call(&[b"DEL", script.key(2)?])?;
    let entry = [script.argument(6)?, &generation, &now, script.argument(8)?].concat();
    script.call(&[b"SET", script.key(1)?, &entry, b"PX", script.argument(7)?])?;
    Ok(Reply::Array(vec![Reply::Int(1), Reply::Bulk(generation)]))
}
