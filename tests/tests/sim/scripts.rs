//! The scripts as they ship.

use std::fs;
use std::path::{Path, PathBuf};

use cache_testkit::SimRedis;

/// A script of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    Acquire,
    Ensure,
    Put,
    Renew,
    Store,
}

pub(crate) const ALL: [Script; 5] =
    [Script::Acquire, Script::Ensure, Script::Put, Script::Renew, Script::Store];

impl Script {
    pub(crate) fn text(self) -> String {
        fs::read_to_string(folder().join(format!("{self:?}.lua").to_lowercase())).unwrap()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("cache-core/src/store/redis/scripts")
}

#[test]
fn the_simulated_server_knows_every_script_as_it_ships() {
    let server = SimRedis::start();
    let mut known = 0;
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let digest = redis::Script::new(&text).get_hash().to_owned();
        let loaded = server.client().try_command(&["SCRIPT", "LOAD", &text]);
        assert_eq!(
            loaded.unwrap_or_else(|error| error.to_string()),
            digest,
            "{} was changed: change it in cache-testkit/src/sim/scripts too, and then its digest there",
            path.display()
        );
        known += 1;
    }
    assert_eq!(known, ALL.len());
    let changed = Script::Renew.text() + " ";
    assert!(server.client().try_command(&["EVAL", &changed, "0"]).is_err());
}
