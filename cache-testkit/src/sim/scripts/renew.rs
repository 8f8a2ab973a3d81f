//! RENEW and RELEASE: of a lease that is held.

use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::script::Script;

pub(crate) fn renew(script: &mut Script<'_>) -> Answer {
    let key = script.key(1)?;
    if script.value(&[b"GET", key])?.as_deref() != Some(script.argument(1)?) {
        return Ok(Reply::Int(0));
    }
    match script.argument(2)? {
        b"0" => script.call(&[b"DEL", key]),
        keep => script.call(&[b"PEXPIRE", key, keep]),
    }
}
