//! Which scripts there are.

use crate::sim::reply::Answer;
use crate::sim::scripts::acquire::acquire;
use crate::sim::scripts::ensure::ensure;
use crate::sim::scripts::put::put;
use crate::sim::scripts::renew::renew;
use crate::sim::scripts::script::Script;
use crate::sim::scripts::store::store;

/// A script that the protocol uses.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// Of the text that was translated.
    digest: &'static str,
    pub(crate) run: fn(&mut Script<'_>) -> Answer,
}

static KNOWN: [Known; 5] = [
    Known { name: "acquire", digest: "87d24de9768197dcabd52dec3dc7626b0d64c183", run: acquire },
    Known { name: "ensure", digest: "c1fb07031e48e530632b6a783dd5c54c85d6ceca", run: ensure },
    Known { name: "put", digest: "8937104b03e5ff702e1f2232b778de16ac04f2d1", run: put },
    Known { name: "renew", digest: "68d817d583978d44ef48770468f2af7cca623689", run: renew },
    Known { name: "store", digest: "6a0acc5390fc9631bd72767b8e7ee4cb0aa386a3", run: store },
];

/// The script with this digest, in letters of any case.
pub(crate) fn by_digest(digest: &[u8]) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.digest.as_bytes().eq_ignore_ascii_case(digest))
}

/// The digest of a script's text.
pub(crate) fn digest(text: &[u8]) -> String {
    sha1_smol::Sha1::from(text).digest().to_string()
}
