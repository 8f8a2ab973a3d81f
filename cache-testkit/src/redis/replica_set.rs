//! A master, its replicas, and the sentinels that watch over them.

use crate::redis::options::{RedisServerOptions, Role};
use crate::redis::place::poll;
use crate::redis::server::RedisServer;

/// A master and its replicas, and sentinels that watch over them if there are any.
///
/// Each is a [`RedisServer`] that can be stopped, killed and started again like any other. What this value
/// does to them has happened, and is known to all of them that answer, when the method returns.
///
/// ```
/// use cache_testkit::RedisReplicaSet;
///
/// let set = RedisReplicaSet::options().replicas(1).start();
/// set.master().command(&["SET", "greeting", "hello"]);
/// set.catch_up();
/// set.kill_master();
/// set.fail_over();
/// assert_eq!(set.master().command(&["GET", "greeting"]), "hello");
/// ```
#[derive(Debug)]
pub struct RedisReplicaSet {
    nodes: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

/// How a [`RedisReplicaSet`] is started.
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until `start`"]
pub struct RedisReplicaSetOptions {
    replicas: usize,
    sentinels: usize,
    server: RedisServerOptions,
}

/// What sentinels call the master.
const NAME: &str = "mymaster";
/// As whom replicas log in at their master. Locked out, they lag behind, which no sentinel takes for a mistake.
const REPLICATOR: &str = "replicator";
/// Sentinels take a server that doesn't answer for this long to be down, in milliseconds.
const DOWN_AFTER: u32 = 1_000;

impl RedisReplicaSetOptions {
    /// Sets how many replicas there are. Default: none.
    pub fn replicas(mut self, count: usize) -> Self {
        self.replicas = count;
        self
    }

    /// Sets how many sentinels watch, of which a majority decides. Default: none; then nobody but the test fails
    /// over.
    pub fn sentinels(mut self, count: usize) -> Self {
        self.sentinels = count;
        self
    }

    /// Sets how the master and each replica is started.
    pub fn server(mut self, options: RedisServerOptions) -> Self {
        self.server = options;
        self
    }

    /// Starts all of them.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the servers don't come to terms.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> RedisReplicaSet {
        let node = self.node();
        let mut nodes = vec![node.clone().start()];
        let master = nodes[0].port();
        let replica = node.config("replicaof", &format!("127.0.0.1 {master}"));
        nodes.extend((0..self.replicas).map(|_| replica.clone().start()));
        let sentinel = self.sentinel(master);
        let sentinels: Vec<_> = (0..self.sentinels).map(|_| sentinel.clone().start()).collect();
        let set = RedisReplicaSet { nodes, sentinels };
        set.sentinels.iter().for_each(hurry);
        set.settle();
        set
    }

    fn node(&self) -> RedisServerOptions {
        self.server
            .clone()
            .user(REPLICATOR, REPLICATOR, "~* &* +psync +replconf +ping")
            .config("masteruser", REPLICATOR)
            .config("masterauth", REPLICATOR)
            .config("repl-diskless-sync-delay", "0")
    }

    fn sentinel(&self, master: u16) -> RedisServerOptions {
        let quorum = self.sentinels / 2 + 1;
        let mut options = RedisServerOptions::default().role(Role::Sentinel);
        let mut add = |words: &str| options = options.clone().config("sentinel", words);
        add(&format!("monitor {NAME} 127.0.0.1 {master} {quorum}"));
        add(&format!("down-after-milliseconds {NAME} {DOWN_AFTER}"));
        add(&format!("failover-timeout {NAME} 10000"));
        add(&format!("parallel-syncs {NAME} {}", self.replicas.max(1)));
        if let Some(password) = &self.server.password {
            add(&format!("auth-pass {NAME} {password}"));
        }
        options
    }
}

/// Makes a sentinel ask and tell more often than every few seconds, where it can be told to.
fn hurry(sentinel: &RedisServer) {
    for (period, milliseconds) in [("info-period", "500"), ("publish-period", "300"), ("ping-period", "200")]
    {
        // Redis 6.2 has no such command, and takes its time.
        let _ = sentinel.client().try_command(&["SENTINEL", "DEBUG", period, milliseconds]);
    }
}

impl RedisReplicaSet {
    /// Starts a master with this many replicas and sentinels.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the servers don't come to terms.
    #[must_use]
    #[track_caller]
    pub fn start(replicas: usize, sentinels: usize) -> Self {
        Self::options().replicas(replicas).sentinels(sentinels).start()
    }

    /// Begins to say how it is started.
    pub fn options() -> RedisReplicaSetOptions {
        RedisReplicaSetOptions::default()
    }

    /// Its URL: that of the sentinels, `redis+sentinel://[:password@]host:port,…/mymaster`.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.sentinels.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis+sentinel://{}{}/{NAME}", self.nodes[0].log_in(), hosts.join(","))
    }

    /// What sentinels call the master.
    #[must_use]
    pub fn name(&self) -> &'static str {
        NAME
    }

    /// The master: as the sentinels say, or by its own word where there are none.
    ///
    /// # Panics
    ///
    /// If nobody knows of one.
    #[must_use]
    #[track_caller]
    pub fn master(&self) -> &RedisServer {
        self.find_master().expect("there is a master")
    }

    /// All servers but the master, killed ones too.
    #[must_use]
    #[track_caller]
    pub fn replicas(&self) -> Vec<&RedisServer> {
        let master = self.master().port();
        self.nodes.iter().filter(|node| node.port() != master).collect()
    }

    /// The master and all replicas, in the order in which they were started.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// The sentinels.
    #[must_use]
    pub fn sentinels(&self) -> &[RedisServer] {
        &self.sentinels
    }

    /// Kills the master, and returns it: it can be started again. Sentinels take a second or more to choose
    /// another; [`RedisReplicaSet::settle`] waits for them, [`RedisReplicaSet::fail_over`] doesn't need any.
    #[track_caller]
    pub fn kill_master(&self) -> &RedisServer {
        let master = self.master();
        master.kill();
        master
    }

    /// Makes a replica the master, whether or not the present one lives, and waits until all know it.
    ///
    /// # Panics
    ///
    /// If no replica can take over.
    #[track_caller]
    pub fn fail_over(&self) {
        let before = self.find_master().map(RedisServer::port);
        if self.sentinels.is_empty() {
            self.promote();
        } else {
            let command = ["SENTINEL", "FAILOVER", NAME];
            // A sentinel refuses while it knows of no good replica, or one fails over already.
            poll(|| {
                let asked = self.sentinels.iter().any(|node| node.client().try_command(&command).is_ok());
                (asked || self.has_moved(before)).then_some(())
            })
            .unwrap_or_else(|| panic!("no replica can take over: {}", self.report()));
        }
        poll(|| self.has_moved(before).then_some(()))
            .unwrap_or_else(|| panic!("no replica took over: {}", self.report()));
        self.settle();
    }

    /// Waits until the sentinels agree on a master, and every server that answers follows it.
    ///
    /// # Panics
    ///
    /// If they don't within a minute.
    #[track_caller]
    pub fn settle(&self) {
        poll(|| self.is_settled().then_some(()))
            .unwrap_or_else(|| panic!("the servers do not come to terms: {}", self.report()));
    }

    /// Waits until every replica that answers has all that the master has.
    ///
    /// # Panics
    ///
    /// If it doesn't within a minute.
    #[track_caller]
    pub fn catch_up(&self) {
        let master = self.master();
        let position = || info(master, "master_repl_offset");
        let behind = |node: &RedisServer, position: &str| {
            info(node, "slave_repl_offset").is_some_and(|own| own.parse::<u64>().ok() < position.parse().ok())
        };
        let position = position().expect("a master tells its position");
        poll(|| (!self.nodes.iter().any(|node| behind(node, &position))).then_some(()))
            .expect("replicas that are connected catch up");
    }

    /// Keeps what the master acknowledges from now on from its replicas: lost, if one of them takes over.
    #[track_caller]
    pub fn cut_replication(&self) {
        let master = self.master();
        master.command(&["ACL", "SETUSER", REPLICATOR, "off"]);
        master.command(&["CLIENT", "KILL", "TYPE", "replica"]);
        poll(|| (info(master, "connected_slaves")? == "0").then_some(())).expect("a killed connection ends");
    }

    /// Lets replicas follow again after [`RedisReplicaSet::cut_replication`].
    #[track_caller]
    pub fn mend_replication(&self) {
        for node in &self.nodes {
            // One that is down has forgotten it when it starts again.
            let _ = node.client().try_command(&["ACL", "SETUSER", REPLICATOR, "on"]);
        }
        self.settle();
    }

    fn find_master(&self) -> Option<&RedisServer> {
        let by_port = |port: u16| self.nodes.iter().find(|node| node.port() == port);
        match self.sentinels.iter().find_map(opinion) {
            Some(port) => by_port(port),
            None => self.nodes.iter().find(|node| matches!(role(node), Some(Standing::Master))),
        }
    }

    fn has_moved(&self, before: Option<u16>) -> bool {
        self.find_master().is_some_and(|master| Some(master.port()) != before)
    }

    /// Without sentinels: the first replica that answers becomes the master of all others.
    fn promote(&self) {
        let replica = self.nodes.iter().find(|node| matches!(role(node), Some(Standing::Replica { .. })));
        let replica = replica.expect("a replica answers");
        replica.command(&["REPLICAOF", "NO", "ONE"]);
        let port = replica.port().to_string();
        for node in self.nodes.iter().filter(|node| node.port() != replica.port()) {
            let _ = node.client().try_command(&["REPLICAOF", "127.0.0.1", &port]);
        }
    }

    fn is_settled(&self) -> bool {
        let Some(master) = self.find_master() else { return false };
        let follows = |node: &RedisServer| match role(node) {
            Some(Standing::Master) => node.port() == master.port(),
            Some(Standing::Replica { of, connected }) => of == master.port() && connected,
            // It is down.
            None => node.port() != master.port(),
        };
        let agrees = |sentinel: &RedisServer| match opinion(sentinel) {
            Some(port) => port == master.port() && self.is_known_by(sentinel),
            None => sentinel.pid().is_none(),
        };
        self.nodes.iter().all(follows) && self.sentinels.iter().all(agrees)
    }

    /// Whether a sentinel knows of the others and of the replicas, and sees no fail-over under way.
    fn is_known_by(&self, sentinel: &RedisServer) -> bool {
        let Ok(reply) = sentinel.client().try_command(&["SENTINEL", "MASTER", NAME]) else { return false };
        let words: Vec<_> = reply.lines().collect();
        let field = |name: &str| words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1));
        let at_least = |name: &str, count: usize| {
            field(name).and_then(|text| text.parse::<usize>().ok()).is_some_and(|known| known >= count)
        };
        field("flags") == Some(&"master")
            && at_least("num-slaves", self.nodes.len() - 1)
            && at_least("num-other-sentinels", self.sentinels.len() - 1)
    }

    /// What each of them says.
    fn report(&self) -> String {
        let nodes = self.nodes.iter().map(|node| format!("\n  {}: {:?}", node.port(), role(node)));
        let sentinels = self
            .sentinels
            .iter()
            .map(|node| format!("\n  sentinel {}: {:?}\n{}", node.port(), opinion(node), node.log()));
        nodes.chain(sentinels).collect()
    }
}

/// What a server says that it is.
#[derive(Debug)]
enum Standing {
    Master,
    Replica { of: u16, connected: bool },
}

fn role(node: &RedisServer) -> Option<Standing> {
    let reply = node.client().try_command(&["ROLE"]).ok()?;
    let words: Vec<_> = reply.lines().collect();
    match *words.first()? {
        "master" => Some(Standing::Master),
        _ => Some(Standing::Replica {
            of: words.get(2)?.parse().ok()?,
            connected: words.get(3) == Some(&"connected"),
        }),
    }
}

/// The port of the master, as a sentinel sees it.
fn opinion(sentinel: &RedisServer) -> Option<u16> {
    let reply = sentinel.client().try_command(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]).ok()?;
    reply.lines().nth(1)?.parse().ok()
}

fn info(node: &RedisServer, field: &str) -> Option<String> {
    let info = node.client().try_command(&["INFO", "replication"]).ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}
