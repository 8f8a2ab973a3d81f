//! Names that are moved from one server to another.

use cache_testkit::{RedisCluster, RedisServer};

use super::listener::{Listener, MODES, Told};
use crate::support::eventually;

fn told_of_s() -> [Told; 1] {
    [Told::Name("s".to_owned())]
}

#[test]
fn a_name_that_is_moved_to_another_server_is_told_by_both() {
    let (from, to) = (RedisServer::start(), RedisServer::start());
    let port = to.port().to_string();
    for mode in MODES {
        from.command(&["SET", "s", "1"]);
        to.command(&["SET", "s", "2"]);
        let mut listeners = [(&from, "1"), (&to, "2")].map(|(server, value)| {
            let mut listener = Listener::over(server, mode);
            assert_eq!(listener.track("s").as_deref(), Some(value));
            listener
        });
        from.command(&["MIGRATE", "127.0.0.1", &port, "s", "0", "5000", "REPLACE"]);
        for listener in &mut listeners {
            assert_eq!(listener.told_before_get("e"), told_of_s(), "{mode:?}");
        }
    }
}

#[test]
fn a_slot_that_moves_with_its_names_is_told() {
    let cluster = RedisCluster::start(3);
    let slot = cluster.slot_of("s");
    for mode in MODES {
        let from = cluster.owner(slot);
        cluster.node(from).command(&["SET", "s", "1"]);
        let mut listener = Listener::over(cluster.node(from), mode);
        assert_eq!(listener.track("s").as_deref(), Some("1"));
        cluster.move_slot(slot, (from + 1) % 3);
        assert_eq!(listener.told_before_get("s"), told_of_s(), "{mode:?}");
    }
}

/// A node that learns that a slot is another's removes the names that it has of it. Before Redis 7.2 it did so silently:
/// <https://github.com/redis/redis/pull/11084>.
#[test]
fn a_slot_that_another_node_takes_is_told_by_newer_servers() {
    let cluster = RedisCluster::start(3);
    let slot = cluster.slot_of("s");
    let (from, number) = (cluster.owner(slot), slot.to_string());
    let (old, new) = (cluster.node(from), cluster.node((from + 1) % 3));
    let info = old.command(&["INFO", "server"]);
    let is_silent = ["redis_version:6.", "redis_version:7.0."].iter().any(|version| info.contains(version));
    old.command(&["SET", "s", "1"]);
    let mut listeners = MODES.map(|mode| Listener::over(old, mode));
    for listener in &mut listeners {
        assert_eq!(listener.track("s").as_deref(), Some("1"));
    }
    new.command(&["CLUSTER", "SETSLOT", &number, "NODE", &new.command(&["CLUSTER", "MYID"])]);
    new.command(&["CLUSTER", "BUMPEPOCH"]);
    eventually("the node learns of it", || {
        old.client().try_command(&["GET", "s"]).is_err_and(|error| error.to_string().starts_with("MOVED"))
    });
    for listener in &mut listeners {
        let told = listener.told_before_get("s");
        assert_eq!(told, if is_silent { Vec::new() } else { told_of_s().to_vec() });
    }
}
