//! The conformance suite over the stores of the runtime, and that it has a case for each sentence of the
//! contract.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

mod memory {
    use std::sync::Arc;

    use cache_core::rng::SystemRandom;
    use cache_core::store::memory::MemoryStore;
    use cache_testkit::VirtualClock;
    use cache_testkit::conformance::Subject;

    async fn memory() -> Subject {
        let clock = VirtualClock::new();
        let store = MemoryStore::new(1024 * 1024, Arc::new(clock.clone()), Arc::new(SystemRandom));
        Subject::new(Arc::new(store)).clock(clock)
    }

    cache_testkit::conformance!(memory);
}

mod mock {
    use std::sync::Arc;

    use cache_testkit::conformance::Subject;
    use cache_testkit::{MockBackend, VirtualClock};

    async fn mock() -> Subject {
        let clock = VirtualClock::new();
        Subject::new(Arc::new(MockBackend::new(Arc::new(clock.clone())))).clock(clock).out_of_reach()
    }

    cache_testkit::conformance!(mock);
}

mod faultless {
    use std::sync::Arc;

    use cache_testkit::conformance::Subject;
    use cache_testkit::{Faults, FaultyStore, MockBackend, VirtualClock};

    /// A faulty store without faults is the store behind it.
    async fn faultless() -> Subject {
        let clock = VirtualClock::new();
        let backend = MockBackend::new(Arc::new(clock.clone()));
        let store = FaultyStore::new(Arc::new(backend), Arc::new(clock.clone()), Faults::none(1));
        Subject::new(Arc::new(store)).clock(clock).out_of_reach()
    }

    cache_testkit::conformance!(faultless);
}

mod replicated {
    use std::sync::Arc;

    use cache_testkit::conformance::Subject;
    use cache_testkit::{ReplicatedStore, VirtualClock};

    /// A server that has failed over is a server like another.
    async fn replicated() -> Subject {
        let clock = VirtualClock::new();
        let store = ReplicatedStore::new(Arc::new(clock.clone()));
        store.fail_over(0);
        Subject::new(Arc::new(store)).clock(clock).out_of_reach()
    }

    cache_testkit::conformance!(replicated);
}

mod redis {
    use std::sync::Arc;
    use std::time::Duration;

    use cache_core::store::redis::{RedisOptions, RedisStore};
    use cache_testkit::RedisServer;
    use cache_testkit::conformance::Subject;

    async fn redis() -> Subject {
        let server = RedisServer::start();
        let options = RedisOptions::parse(&server.url()).unwrap();
        let bound = Duration::from_secs(2);
        let ([store, _], changes) = RedisStore::with_changes(&options, "conformance", "test", bound).unwrap();
        store.ready().await.unwrap();
        Subject::new(Arc::new(store)).behind(server).changes(changes)
    }

    cache_testkit::conformance!(redis);
}

mod simulated_redis {
    use std::sync::Arc;
    use std::time::Duration;

    use cache_core::store::redis::{RedisOptions, RedisStore};
    use cache_testkit::SimRedis;
    use cache_testkit::conformance::Subject;

    async fn simulated() -> Subject {
        let server = SimRedis::start();
        let options = RedisOptions::parse(&server.url()).unwrap();
        let bound = Duration::from_secs(2);
        let ([store, _], changes) = RedisStore::with_changes(&options, "conformance", "test", bound).unwrap();
        store.ready().await.unwrap();
        Subject::new(Arc::new(store)).clock(server.clock()).behind(server).changes(changes)
    }

    cache_testkit::conformance!(simulated);
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn words(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim().trim_start_matches("///").trim()).collect();
    lines.join(" ").trim().trim_start_matches("- ").to_owned()
}

/// The sentences under "Behavior".
fn sentences(contract: &str) -> BTreeSet<String> {
    let mut sentences = BTreeSet::new();
    let mut sentence: Vec<&str> = Vec::new();
    let mut within = false;
    for line in contract.lines().map(str::trim) {
        let (doc, begins) = (line.starts_with("///"), line.starts_with("/// - "));
        let ends = begins || !doc || line.starts_with("/// # ");
        if within && ends && !sentence.is_empty() {
            sentences.insert(words(&std::mem::take(&mut sentence)));
        }
        within = doc && (line == "/// # Behavior" || within && !line.starts_with("/// # "));
        if within && (begins || !sentence.is_empty()) {
            sentence.push(line);
        }
    }
    sentences
}

/// Each case with its documentation.
fn cases(source: &str) -> Vec<(String, String)> {
    let mut documentation = Vec::new();
    let mut cases = Vec::new();
    for line in source.lines() {
        if line.starts_with("/// ") {
            documentation.push(line);
        } else if let Some(rest) = line.strip_prefix("pub async fn ") {
            let name = rest.split_once('(').unwrap().0.to_owned();
            cases.push((name, words(&std::mem::take(&mut documentation))));
        } else {
            documentation.clear();
        }
    }
    cases
}

#[test]
fn there_is_a_case_for_each_sentence_of_the_contract() {
    let contract = fs::read_to_string(workspace().join("cache-core/src/store/contract.rs")).unwrap();
    let suite = workspace().join("cache-testkit/src/conformance");
    let listed = fs::read_to_string(suite.join("suite.rs")).unwrap();
    let mut documented = BTreeSet::new();
    for file in fs::read_dir(suite.join("cases")).unwrap() {
        for (name, documentation) in cases(&fs::read_to_string(file.unwrap().path()).unwrap()) {
            assert!(
                listed.lines().any(|line| line.trim() == name),
                "`{name}` is not listed in `conformance!`"
            );
            documented.insert(documentation);
        }
    }
    let sentences = sentences(&contract);
    assert!(sentences.len() > 20, "{sentences:#?}");
    assert_eq!(documented, sentences);
}
