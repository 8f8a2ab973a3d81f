//! A server that takes over what another one has: as its replica, all at once and bit by bit.

use cache_testkit::{RedisReplicaSet, RedisServer};

use super::listener::{Listener, MODES, Mode, Told};

fn tell(told: &[Told]) -> bool {
    told.iter().any(|told| told.tells_of("s"))
}

fn set(load: &str) -> RedisReplicaSet {
    let server =
        RedisServer::options().config("repl-diskless-sync", "yes").config("repl-diskless-load", load);
    RedisReplicaSet::options().replicas(1).server(server).start()
}

fn listener(node: &RedisServer, mode: Mode, value: &str) -> Listener {
    let mut listener = Listener::over(node, mode);
    assert_eq!(listener.track("s").as_deref(), Some(value));
    listener
}

#[test]
fn a_replica_tells_of_what_its_master_changes() {
    let set = set("disabled");
    let (master, replica) = (set.master(), set.replicas()[0]);
    for mode in MODES {
        master.command(&["SET", "s", "1"]);
        set.catch_up();
        let mut listener = listener(replica, mode, "1");
        master.command(&["UNLINK", "s"]);
        set.catch_up();
        assert!(tell(&listener.told_before_get("e")), "{mode:?}");
    }
}

#[test]
fn a_replica_that_continues_where_it_was_cut_off_tells_of_what_it_missed() {
    let set = set("disabled");
    let (master, replica) = (set.master(), set.replicas()[0]);
    for mode in MODES {
        master.command(&["SET", "s", "1"]);
        set.catch_up();
        let mut listener = listener(replica, mode, "1");
        set.cut_replication();
        master.command(&["SET", "s", "2"]);
        assert_eq!(listener.told_before_get("e"), []);
        set.mend_replication();
        set.catch_up();
        assert!(tell(&listener.told_before_get("e")), "{mode:?}");
    }
}

#[test]
fn a_master_that_becomes_a_replica_tells_that_everything_may_have_changed() {
    for load in ["disabled", "swapdb"] {
        let set = set(load);
        let (master, demoted) = (set.master(), set.replicas()[0]);
        let port = master.port().to_string();
        for mode in MODES {
            master.command(&["SET", "s", "theirs"]);
            demoted.command(&["REPLICAOF", "NO", "ONE"]);
            demoted.command(&["SET", "s", "its own"]);
            let mut listener = listener(demoted, mode, "its own");
            demoted.command(&["REPLICAOF", "127.0.0.1", &port]);
            set.settle();
            let told = listener.told_before_get("e");
            assert!(told.contains(&Told::Everything), "{load} {mode:?}: {told:?}");
            assert_eq!(demoted.command(&["GET", "s"]), "theirs");
        }
    }
}
