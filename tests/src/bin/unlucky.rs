//! A test that fails over a faulty store: it says which seed it was.
#![expect(
    clippy::unwrap_used,
    reason = "a process that can't go on ends, and the test that started it fails"
)]

use std::sync::Arc;

use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{Names, Store};
use cache_testkit::{Faults, FaultyStore, VirtualClock};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let clock = Arc::new(VirtualClock::new());
    let server = Arc::new(MemoryStore::new(1 << 20, clock.clone(), Arc::new(SystemRandom)));
    let faults = Faults { resets: 0.5, ..Faults::none(Faults::seed_from_environment()) };
    let store = FaultyStore::new(server, clock, faults);
    let names = Names::for_tests("unlucky:test", "-:menu:-:menus", &["-:menu:-"]);
    for _ in 0..20 {
        drop(store.ensure(&names, [0; 16]).await);
    }
    store.outage();
    store.ensure(&names, [0; 16]).await.unwrap();
}
