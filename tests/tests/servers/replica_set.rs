//! A master, its replicas and their sentinels: who is what, and what a fail-over keeps and loses.

use cache_testkit::{RedisReplicaSet, RedisServer};

#[test]
fn replicas_follow_and_sentinels_know() {
    let set = RedisReplicaSet::start(2, 3);
    assert_eq!((set.nodes().len(), set.replicas().len(), set.sentinels().len()), (3, 2, 3));
    assert_eq!(set.master().port(), set.nodes()[0].port());
    set.master().command(&["SET", "a", "1"]);
    set.catch_up();
    for replica in set.replicas() {
        assert_eq!(replica.command(&["GET", "a"]), "1");
        assert!(
            replica.client().try_command(&["SET", "a", "2"]).unwrap_err().to_string().starts_with("READONLY")
        );
    }
    let ports: Vec<_> = set.sentinels().iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
    assert_eq!(set.url(), format!("redis+sentinel://{}/mymaster", ports.join(",")));

    // A fail-over that nothing forced: the old master lives on as a replica.
    let before = set.master().port();
    set.fail_over();
    let after = set.master();
    assert_ne!(after.port(), before);
    assert_eq!(after.command(&["GET", "a"]), "1");
    after.command(&["SET", "a", "2"]);
    set.catch_up();
    assert!(set.replicas().iter().all(|replica| replica.command(&["GET", "a"]) == "2"));
    assert!(set.replicas().iter().any(|replica| replica.port() == before));
}

#[test]
fn sentinels_replace_a_master_that_was_killed() {
    let set = RedisReplicaSet::options().replicas(1).sentinels(3);
    let set = set.server(RedisServer::options().password("hunter2")).start();
    set.master().command(&["SET", "a", "1"]);
    set.catch_up();
    let killed = set.kill_master();
    set.settle();
    let master = set.master();
    assert_ne!(master.port(), killed.port());
    assert_eq!(master.command(&["GET", "a"]), "1");
    killed.restart();
    set.settle();
    assert!(killed.command(&["ROLE"]).starts_with("slave"), "it comes back as a replica");
    assert!(set.url().starts_with("redis+sentinel://:hunter2@127.0.0.1:"));
}

#[test]
fn what_was_not_replicated_is_lost_with_its_master() {
    for sentinels in [0, 1] {
        let set = RedisReplicaSet::start(1, sentinels);
        set.master().command(&["SET", "a", "1"]);
        set.catch_up();
        set.cut_replication();
        set.master().command(&["SET", "a", "2"]);
        set.kill_master();
        set.fail_over();
        assert_eq!(set.master().command(&["GET", "a"]), "1", "{sentinels} sentinels");
    }
}

#[test]
fn replication_that_was_cut_goes_on_when_it_is_mended() {
    let set = RedisReplicaSet::start(1, 0);
    set.cut_replication();
    set.master().command(&["SET", "a", "1"]);
    let replica = set.replicas()[0];
    assert_eq!(replica.command(&["GET", "a"]), "(nil)");
    set.mend_replication();
    set.catch_up();
    assert_eq!(replica.command(&["GET", "a"]), "1");
}
