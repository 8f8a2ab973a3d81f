//! What is not told. Each of these is why a rule says not to do it.

use super::listener::{Listener, MODES, Mode, Told, run, server};
use crate::wire::Wire;

fn told_of_s() -> [Told; 1] {
    [Told::Name("s".to_owned())]
}

/// Nobody who relies on what is told may use it.
#[test]
fn databases_that_are_swapped_are_not_told() {
    let server = server();
    let mut writer = Wire::to(server.port());
    for mode in MODES {
        run(&mut writer, "SET s 1");
        let mut listener = Listener::over(&server, mode);
        assert_eq!(listener.track("s").as_deref(), Some("1"));
        run(&mut writer, "SWAPDB 0 1");
        assert_eq!(listener.told_before_get("e"), [], "{mode:?}");
        run(&mut writer, "FLUSHALL");
    }
}

#[test]
fn a_connection_that_is_reset_is_told_nothing_any_more() {
    let server = server();
    let mut writer = Wire::to(server.port());
    for end in ["RESET", "CLIENT TRACKING OFF", "HELLO 2"] {
        run(&mut writer, "SET s 1");
        let mut listener = Listener::over(&server, Mode::Always);
        assert_eq!(listener.track("s").as_deref(), Some("1"));
        listener.ask(end);
        run(&mut writer, "SET s 2");
        assert_eq!(listener.told_before_get("e"), [], "{end}");
    }
}

#[test]
fn what_is_read_without_being_asked_to_is_not_tracked_and_is_told_no_sooner() {
    let server = server();
    let mut writer = Wire::to(server.port());
    let mut listener = Listener::over(&server, Mode::OnDemand);
    run(&mut writer, "SET s 1");
    listener.ask("GET s");
    run(&mut writer, "SET s 2");
    assert_eq!(listener.told_before_get("e"), []);
    // It holds for one command, and for one that is refused too.
    for refused in ["NOPE", "GET"] {
        listener.ask("CLIENT CACHING YES");
        listener.ask(refused);
        listener.ask("GET s");
        run(&mut writer, "SET s 2");
        assert_eq!(listener.told_before_get("e"), [], "{refused}");
    }
    // Once told, nothing more is told until the name is read and tracked again.
    assert_eq!(listener.track("s").as_deref(), Some("2"));
    run(&mut writer, "SET s 3");
    run(&mut writer, "SET s 4");
    assert_eq!(listener.told_before_get("e"), told_of_s());
    run(&mut writer, "SET s 5");
    assert_eq!(listener.told_before_get("e"), []);
}

#[test]
fn a_connection_that_wants_no_answers_is_told_all_the_same() {
    let server = server();
    let mut writer = Wire::to(server.port());
    for mode in MODES {
        run(&mut writer, "SET s 1");
        let mut listener = Listener::over(&server, mode);
        assert_eq!(listener.track("s").as_deref(), Some("1"));
        listener.wire().send(&["CLIENT", "REPLY", "OFF"]);
        listener.wire().send(&["SET", "off", "1"]);
        while run(&mut writer, "EXISTS off") == crate::wire::Said::Line(':', "0".to_owned()) {}
        run(&mut writer, "SET s 2");
        assert_eq!(listener.ask("CLIENT REPLY ON").0, told_of_s(), "{mode:?}");
        run(&mut writer, "FLUSHALL");
    }
}
