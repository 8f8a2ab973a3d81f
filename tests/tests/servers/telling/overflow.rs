//! More names than the server is willing to remember: it tells of those that it forgets.

use std::collections::BTreeSet;

use super::listener::{Listener, MODES, Told, run, server};
use crate::wire::Wire;

const NAMES: usize = 2_000;

fn name(number: usize) -> String {
    format!("n{number}")
}

#[test]
fn a_name_that_the_server_forgets_to_track_is_told() {
    let server = server();
    let mut writer = Wire::to(server.port());
    for mode in MODES {
        run(&mut writer, "CONFIG SET tracking-table-max-keys 1000000");
        let mut listener = Listener::over(&server, mode);
        (0..NAMES).for_each(|number| drop(listener.track(&name(number))));
        run(&mut writer, "CONFIG SET tracking-table-max-keys 10");
        // Each command forgets some, those of the listener itself too.
        let mut forgotten = told(&mut listener);
        assert!(!forgotten.is_empty());
        forgotten.append(&mut told(&mut listener));
        for number in 0..NAMES {
            run(&mut writer, &format!("SET {} 1", name(number)));
        }
        forgotten.append(&mut told(&mut listener));
        let all = (0..NAMES).map(name).collect();
        assert_eq!(forgotten, all, "{mode:?}");
    }
}

/// What is told before the next answer.
fn told(listener: &mut Listener) -> BTreeSet<String> {
    let told = listener.told_before_get("n0").into_iter();
    told.map(|told| match told {
        Told::Name(name) => name,
        Told::Everything => panic!("nothing was flushed"),
    })
    .collect()
}
