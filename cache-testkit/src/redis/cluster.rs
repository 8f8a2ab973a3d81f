//! A cluster: masters that share the slots, and their replicas.

use crate::redis::cluster_map::{Claim, Known};
use crate::redis::options::{RedisServerOptions, Role};
use crate::redis::place::poll;
use crate::redis::server::RedisServer;

/// A Redis cluster: masters that share the slots evenly, and replicas of each.
///
/// Each is a [`RedisServer`] that can be stopped, killed and started again like any other. What this value
/// does to them is known to every node that answers when the method returns.
///
/// ```
/// use cache_testkit::RedisCluster;
///
/// let cluster = RedisCluster::start(3);
/// let slot = cluster.slot_of("greeting");
/// let to = (cluster.owner(slot) + 1) % 3;
/// cluster.move_slot(slot, to);
/// assert_eq!(cluster.owner(slot), to);
/// assert_eq!(cluster.node(to).command(&["SET", "greeting", "hello"]), "OK");
/// ```
#[derive(Debug)]
pub struct RedisCluster {
    /// The masters first, then the replicas: first one of each master, then another of each.
    nodes: Vec<RedisServer>,
}

/// How a [`RedisCluster`] is started.
#[derive(Clone, Debug)]
#[must_use = "options do nothing until `start`"]
pub struct RedisClusterOptions {
    masters: usize,
    replicas: usize,
    server: RedisServerOptions,
}

/// How many slots the keys of a cluster are spread over.
const SLOTS: usize = 16_384;
/// Nodes take a node that doesn't answer for this long to be down, in milliseconds.
const NODE_TIMEOUT: &str = "2000";

impl RedisClusterOptions {
    /// Sets how many masters there are. Default: three. A cluster fails over only with three or more.
    pub fn masters(mut self, count: usize) -> Self {
        self.masters = count;
        self
    }

    /// Sets how many replicas each master has. Default: none.
    pub fn replicas(mut self, count: usize) -> Self {
        self.replicas = count;
        self
    }

    /// Sets how each node is started.
    pub fn server(mut self, options: RedisServerOptions) -> Self {
        self.server = options;
        self
    }

    /// Starts all nodes and makes them a cluster.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the nodes don't come to terms.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> RedisCluster {
        let mut node = self.server.clone().config("cluster-node-timeout", NODE_TIMEOUT);
        if let Some(password) = &self.server.password {
            node = node.config("masterauth", password);
        }
        node = node.config("repl-diskless-sync-delay", "0").role(Role::ClusterNode);
        let count = self.masters * (1 + self.replicas);
        let cluster = RedisCluster { nodes: (0..count).map(|_| node.clone().start()).collect() };
        cluster.share_slots(self.masters);
        cluster.meet();
        cluster.follow(self.masters);
        cluster.settle();
        cluster
    }
}

impl RedisCluster {
    /// Starts a cluster of this many masters without replicas.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the nodes don't come to terms.
    #[must_use]
    #[track_caller]
    pub fn start(masters: usize) -> Self {
        Self::options().masters(masters).start()
    }

    /// Begins to say how a cluster is started.
    pub fn options() -> RedisClusterOptions {
        RedisClusterOptions { masters: 3, replicas: 0, server: RedisServerOptions::default() }
    }

    /// Its URL, with all nodes: `redis+cluster://[:password@]host:port,…`.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis+cluster://{}{}", self.nodes[0].log_in(), hosts.join(","))
    }

    /// All nodes: those that were started as masters, then one replica of each, then another of each.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// A node by its place in [`RedisCluster::nodes`].
    ///
    /// # Panics
    ///
    /// If there is no such node.
    #[must_use]
    pub fn node(&self, index: usize) -> &RedisServer {
        &self.nodes[index]
    }

    /// The slot of a key.
    ///
    /// # Panics
    ///
    /// If no node answers.
    #[must_use]
    #[track_caller]
    pub fn slot_of(&self, key: &str) -> u16 {
        let ask = |node: &RedisServer| node.client().try_command(&["CLUSTER", "KEYSLOT", key]).ok();
        let reply = self.nodes.iter().find_map(ask).expect("a node answers");
        reply.parse().expect("a slot is a number")
    }

    /// The node that has a slot, by its place in [`RedisCluster::nodes`].
    ///
    /// # Panics
    ///
    /// If no node answers, or none has it.
    #[must_use]
    #[track_caller]
    pub fn owner(&self, slot: u16) -> usize {
        let map = self.map();
        let owner = map.iter().find(|known| known.owns(slot)).expect("a node has the slot");
        self.index(owner).expect("all nodes are ours")
    }

    /// Kills a node, see [`RedisServer::kill`]. If it has a replica, the cluster takes some seconds to make that
    /// one the master; [`RedisCluster::settle`] waits for it.
    pub fn kill(&self, index: usize) {
        self.nodes[index].kill();
    }

    /// Makes a replica of this master the master, whether or not the present one lives. Returns its place.
    ///
    /// # Panics
    ///
    /// If no replica can take over.
    #[track_caller]
    pub fn fail_over(&self, master: usize) -> usize {
        let map = self.map();
        let port = self.nodes[master].port();
        let id = &map.iter().find(|known| known.port == port).expect("a node knows all others").id;
        let answers = |index: &usize| self.nodes[*index].client().try_command(&["PING"]).is_ok();
        let followers = map.iter().filter(|known| known.master.as_ref() == Some(id));
        let replica =
            followers.filter_map(|known| self.index(known)).find(answers).expect("the master has a replica");
        let command: &[_] =
            if answers(&master) { &["CLUSTER", "FAILOVER"] } else { &["CLUSTER", "FAILOVER", "FORCE"] };
        let client = self.nodes[replica].client();
        let mut asked = 0;
        poll(|| {
            // A request that nobody grants within a second or so is made again; each one undoes the one before.
            if asked % 100 == 0 {
                let _ = client.try_command(command);
            }
            asked += 1;
            client.try_command(&["ROLE"]).is_ok_and(|role| role.starts_with("master")).then_some(())
        })
        .unwrap_or_else(|| panic!("no replica takes over: {}", self.report()));
        self.settle();
        replica
    }

    /// Moves a slot with all its keys to another master.
    ///
    /// # Panics
    ///
    /// If a node refuses.
    #[track_caller]
    pub fn move_slot(&self, slot: u16, to: usize) {
        self.begin_move(slot, to);
        self.finish_move(slot, to);
    }

    /// Begins to move a slot: from now on its owner answers ASK where a key is not there any more.
    ///
    /// # Panics
    ///
    /// If a node refuses.
    #[track_caller]
    pub fn begin_move(&self, slot: u16, to: usize) {
        let from = self.owner(slot);
        let (slot, [from_id, to_id]) = (slot.to_string(), [from, to].map(|index| self.id(index)));
        self.nodes[to].command(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id]);
        self.nodes[from].command(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id]);
    }

    /// Moves the keys of a slot whose move has [begun](RedisCluster::begin_move), and then the slot itself.
    ///
    /// # Panics
    ///
    /// If a node refuses.
    #[track_caller]
    pub fn finish_move(&self, slot: u16, to: usize) {
        let from = self.owner(slot);
        self.move_keys(slot, from, to);
        let id = self.id(to);
        let masters = self.map().into_iter().filter(|known| known.is_master() && known.is_well());
        let others =
            masters.filter_map(|known| self.index(&known)).filter(|index| ![from, to].contains(index));
        // The new owner first: it must never be nobody's.
        for index in [to, from].into_iter().chain(others) {
            self.nodes[index].command(&["CLUSTER", "SETSLOT", &slot.to_string(), "NODE", &id]);
        }
        self.settle();
    }

    /// Waits until all nodes that answer agree on who has which slots, each slot has a node that answers, and all
    /// replicas are connected.
    ///
    /// # Panics
    ///
    /// If they don't within a minute: without a replica a slot whose node was killed has nobody.
    #[track_caller]
    pub fn settle(&self) {
        poll(|| self.is_settled().then_some(()))
            .unwrap_or_else(|| panic!("the nodes do not come to terms: {}", self.report()));
    }

    fn share_slots(&self, masters: usize) {
        for (index, node) in self.nodes.iter().enumerate() {
            node.command(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
        }
        for (index, node) in self.nodes.iter().take(masters).enumerate() {
            let slots = index * SLOTS / masters..(index + 1) * SLOTS / masters;
            let mut words = vec!["CLUSTER".to_owned(), "ADDSLOTS".to_owned()];
            words.extend(slots.map(|slot| slot.to_string()));
            node.command(&words);
        }
    }

    fn meet(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            for other in &self.nodes[index + 1..] {
                node.command(&["CLUSTER", "MEET", "127.0.0.1", &other.port().to_string()]);
            }
        }
        let all_known = |node: &RedisServer| {
            see(node).is_some_and(|map| map.len() == self.nodes.len() && map.iter().all(Known::is_well))
        };
        poll(|| self.nodes.iter().all(all_known).then_some(()))
            .unwrap_or_else(|| panic!("the nodes do not meet: {}", self.report()));
    }

    fn follow(&self, masters: usize) {
        for (index, node) in self.nodes.iter().enumerate().skip(masters) {
            node.command(&["CLUSTER", "REPLICATE", &self.id(index % masters)]);
        }
    }

    fn move_keys(&self, slot: u16, from: usize, to: usize) {
        let (slot, port) = (slot.to_string(), self.nodes[to].port().to_string());
        loop {
            let keys = self.nodes[from].command(&["CLUSTER", "GETKEYSINSLOT", &slot, "100"]);
            if keys.is_empty() {
                return;
            }
            let mut words = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000"];
            let password = &self.nodes[to].password;
            words.extend(password.iter().flat_map(|password| ["AUTH", password.as_str()]));
            words.push("KEYS");
            words.extend(keys.lines());
            self.nodes[from].command(&words);
        }
    }

    fn id(&self, index: usize) -> String {
        self.nodes[index].command(&["CLUSTER", "MYID"])
    }

    fn index(&self, known: &Known) -> Option<usize> {
        self.nodes.iter().position(|node| node.port() == known.port)
    }

    /// What the first node that answers knows.
    fn map(&self) -> Vec<Known> {
        self.nodes.iter().find_map(see).expect("a node answers")
    }

    fn is_settled(&self) -> bool {
        let maps: Vec<_> = self.nodes.iter().map(see).collect();
        let answers = |known: &Known| self.index(known).is_some_and(|index| maps[index].is_some());
        let mut claims = maps.iter().flatten().map(|map| claims(map, answers));
        let Some(Some(first)) = claims.next() else { return false };
        claims.all(|other| other.as_ref() == Some(&first)) && self.nodes.iter().all(is_at_work)
    }

    /// What each of them says.
    fn report(&self) -> String {
        let ask = |node: &RedisServer, words: &[&str]| node.client().try_command(words).unwrap_or_default();
        let report = |node: &RedisServer| {
            let [info, nodes] = [["CLUSTER", "INFO"], ["CLUSTER", "NODES"]].map(|words| ask(node, &words));
            format!("\n{}:\n{info}\n{nodes}", node.port())
        };
        self.nodes.iter().map(report).collect()
    }
}

fn see(node: &RedisServer) -> Option<Vec<Known>> {
    Known::read(&node.client().try_command(&["CLUSTER", "NODES"]).ok()?)
}

/// What a node says of those that answer, in the order of their ports. `None` if it takes one of them to be down,
/// or one that doesn't answer to have slots.
fn claims(map: &[Known], answers: impl Fn(&Known) -> bool) -> Option<Vec<Claim<'_>>> {
    let (present, absent): (Vec<_>, Vec<_>) = map.iter().partition(|known| answers(known));
    let in_order =
        present.iter().all(|known| known.is_well()) && !absent.iter().any(|known| known.owns_any());
    let mut claims: Vec<_> = present.iter().map(|known| known.claim()).collect();
    claims.sort_by_key(|claim| claim.port);
    in_order.then_some(claims)
}

/// Whether a node takes requests, if it answers at all.
fn is_at_work(node: &RedisServer) -> bool {
    let client = node.client();
    let Ok(info) = client.try_command(&["CLUSTER", "INFO"]) else { return node.pid().is_none() };
    let replication = client.try_command(&["INFO", "replication"]).unwrap_or_default();
    let all = format!("cluster_slots_ok:{SLOTS}\r");
    info.contains("cluster_state:ok\r")
        && info.contains(&all)
        && !replication.contains("master_link_status:down")
}
