//! Cached functions that are a library's interface: what the attributes add to it is documented, reachable where it is
//! said to be, and finds no lint.
#![warn(clippy::pedantic, unused)]

use cache_core::{CacheTtl, CacheType, cached, invalidate};

/// What these functions cache.
#[derive(Clone, Copy, Debug, CacheType)]
pub enum Kind {
    /// A price.
    #[cache(ttl = Lifetime::Short)]
    Price,
}

/// How long they cache it.
#[derive(Clone, Copy, Debug, CacheTtl)]
pub enum Lifetime {
    /// A minute.
    #[ttl("1m")]
    Short,
}

/// Doubles a number.
#[cached(type = Kind::Price)]
#[must_use]
pub async fn doubled(number: u32) -> u32 {
    number * 2
}

/// Doubles a number at once.
#[cached(type = Kind::Price, tags("public:{number}"))]
#[must_use]
pub fn plainly_doubled(number: u32) -> u32 {
    number * 2
}

/// Forgets what was doubled.
#[invalidate(type = Kind::Price, tags("public:{number}"), entry(doubled(number)))]
pub async fn forget(number: u32) {
    drop(number.to_string());
}

/// What has methods.
#[derive(Debug, Default)]
pub struct Calculator {
    /// What is added to everything.
    pub offset: u32,
}

impl Calculator {
    /// Adds the offset.
    #[cached(key(self.offset, number), key_fn)]
    #[must_use]
    pub async fn add(&self, number: u32) -> u32 {
        self.offset + number
    }

    /// Reads a number.
    ///
    /// # Errors
    ///
    /// Fails on what is no number.
    #[cached]
    pub fn read(text: &str) -> Result<u32, std::num::ParseIntError> {
        text.parse()
    }

    #[cached]
    pub(crate) fn hidden(number: u32) -> u32 {
        number + private(number)
    }

    /// Calls what is not public.
    #[must_use]
    pub fn hidden_twice(number: u32) -> u32 {
        Self::hidden(number) + Self::hidden(number)
    }
}

#[cached]
fn private(number: u32) -> u32 {
    number
}
