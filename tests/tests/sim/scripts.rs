//! The scripts as they ship.

use std::fs;
use std::path::Path;

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
        let name = format!("{self:?}.lua").to_lowercase();
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("cache-core");
        fs::read_to_string(core.join("src/store/redis/scripts").join(name)).unwrap()
    }
}
