//! STORE: writes the entry if the lease and every stamp are as they were before the load.

use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::lua::sub;
use crate::sim::scripts::script::Script;

pub(crate) fn store(script: &mut Script<'_>) -> Answer {
    let (id, generation) = (script.argument(1)?, script.argument(2)?);
    let lease = script.value(&[b"GET", script.key(2)?])?;
    if lease != Some([b"L", id, generation].concat()) {
        return Ok(Reply::Int(0));
    }
    script.call(&[b"DEL", script.key(2)?])?;
    let mut found = script.values(3, script.key_count())?.into_iter();
    let mut current = sub(&found.next().flatten().unwrap_or_default(), 1, 12).to_vec();
    for stamp in found {
        let Some(stamp) = stamp else { return Ok(Reply::Int(-1)) };
        current.extend_from_slice(&stamp);
    }
    if current != generation {
        return Ok(Reply::Int(-1));
    }
    let entry = [script.argument(3)?, generation, &script.now(), script.argument(5)?].concat();
    script.call(&[b"SET", script.key(1)?, &entry, b"PX", script.argument(4)?])?;
    Ok(Reply::Int(1))
}
