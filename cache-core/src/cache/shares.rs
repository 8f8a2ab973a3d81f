//! The shares of the memory that are set for single types.

use std::collections::BTreeMap;

use crate::cache::policies::Policies;
use crate::cache::settings::Settings;
use crate::error::{Error, ErrorKind};
use crate::registry;

/// How many bytes each type has for itself, of those for which something is set.
#[derive(Debug)]
pub(crate) struct Shares(BTreeMap<String, u64>);

impl Shares {
    /// The shares of the types that are known or named.
    pub(crate) fn of(policies: &Policies, settings: &Settings) -> Result<Self, Error> {
        let named = settings.types.keys().map(String::as_str);
        let names = named.chain(registry::type_names());
        let shares = names.filter_map(|name| Some((name.to_owned(), policies.of_type(name).max_bytes?)));
        let shares: BTreeMap<_, _> = shares.collect();
        let shares = Self(shares);
        shares.check(settings)?;
        Ok(shares)
    }

    /// These shares with one of a type in place of what it has.
    pub(crate) fn with(mut self, type_name: &str, share: u64, settings: &Settings) -> Result<Self, Error> {
        self.0.insert(type_name.to_owned(), share);
        self.check(settings)?;
        Ok(self)
    }

    fn check(&self, settings: &Settings) -> Result<(), Error> {
        let taken = self.0.values().fold(0_u64, |sum, share| sum.saturating_add(*share));
        if taken > settings.memory_bytes {
            let message = "the types' max_bytes are more than memory_bytes together";
            return Err(Error::new(ErrorKind::Config, message));
        }
        Ok(())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, share)| (name.as_str(), *share))
    }
}
