//! ENSURE: makes the incarnation belong to the history that the server serves now.

use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::lua::{rest, sub};
use crate::sim::scripts::script::Script;

pub(crate) fn ensure(script: &mut Script<'_>) -> Answer {
    let Some(history) = script.history() else {
        return Ok(Reply::Error("READONLY not a master".to_owned()));
    };
    let history = sub(history.as_bytes(), 1, 16).to_vec();
    let key = script.key(1)?;
    let current = script.value(&[b"GET", key])?;
    if let Some(current) = current.filter(|current| rest(current, 13) == history) {
        let nonce = Reply::bulk(sub(&current, 1, 12));
        return Ok(Reply::Array(vec![Reply::Int(0), nonce, Reply::Bulk(history)]));
    }
    let nonce = [sub(script.argument(1)?, 1, 4), &script.now()].concat();
    script.call(&[b"DEL", key])?;
    script.call(&[b"SET", key, &[&nonce[..], &history].concat()])?;
    Ok(Reply::Array(vec![Reply::Int(1), Reply::Bulk(nonce), Reply::Bulk(history)]))
}
