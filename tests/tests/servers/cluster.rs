//! A cluster: who has which slots, and how they move.

use cache_testkit::{RedisCluster, RedisServer};

#[test]
fn slots_are_shared_and_move_with_their_keys() {
    let cluster = RedisCluster::start(3);
    assert_eq!([0, 6_000, 16_383].map(|slot| cluster.owner(slot)), [0, 1, 2]);
    let slot = cluster.slot_of("greeting");
    let from = cluster.owner(slot);
    let (to, third) = ((from + 1) % 3, (from + 2) % 3);
    cluster.node(from).command(&["SET", "greeting", "hello"]);
    cluster.node(from).command(&["SET", "{greeting}:2", "hi"]);
    let refusal =
        |node: usize, key: &str| cluster.node(node).client().try_command(&["GET", key]).unwrap_err();
    assert_eq!(
        refusal(to, "greeting").to_string(),
        format!("MOVED {slot} 127.0.0.1:{}", cluster.node(from).port())
    );

    cluster.begin_move(slot, to);
    assert_eq!(cluster.owner(slot), from);
    assert_eq!(cluster.node(from).command(&["GET", "greeting"]), "hello");
    assert_eq!(
        refusal(from, "{greeting}:3").to_string(),
        format!("ASK {slot} 127.0.0.1:{}", cluster.node(to).port())
    );

    cluster.finish_move(slot, to);
    assert_eq!(cluster.owner(slot), to);
    assert_eq!(cluster.node(to).command(&["MGET", "greeting", "{greeting}:2"]), "hello\nhi");
    for node in [from, third] {
        assert!(refusal(node, "greeting").to_string().starts_with("MOVED"));
    }
    let ports: Vec<_> = cluster.nodes().iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
    assert_eq!(cluster.url(), format!("redis+cluster://{}", ports.join(",")));
}

#[test]
fn a_replica_takes_over_from_a_master_asked_or_killed() {
    let cluster = RedisCluster::options().masters(3).replicas(1);
    let cluster = cluster.server(RedisServer::options().password("hunter2")).start();
    let slot = cluster.slot_of("greeting");
    let first = cluster.owner(slot);
    cluster.node(first).command(&["SET", "greeting", "hello"]);
    let second = cluster.fail_over(first);
    assert_eq!(cluster.owner(slot), second);
    assert_eq!(cluster.node(second).command(&["GET", "greeting"]), "hello");

    cluster.kill(second);
    cluster.settle();
    assert_eq!(cluster.owner(slot), first);
    assert_eq!(cluster.node(first).command(&["GET", "greeting"]), "hello");
    cluster.node(second).restart();
    cluster.settle();

    let third = (first + 1) % 3;
    cluster.move_slot(slot, third);
    assert_eq!(cluster.node(third).command(&["GET", "greeting"]), "hello");
    cluster.kill(third);
    assert_ne!(cluster.fail_over(third), third);
}
