//! How a namespace is laid out in a server: set by the first process, compared by all others.

use std::time::Duration;

use redis::Value;

use crate::error::{Error, ErrorKind};
use crate::key::namespace::Namespace;
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::link::Link;

/// How a namespace is laid out.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The layout's name in the store.
    pub(crate) name: String,
    /// What every name begins with.
    pub(crate) prefix: String,
    /// Format, number of buckets, and the staleness bound in milliseconds.
    value: String,
    /// For how long a heartbeat lets values that are kept in a process be trusted.
    pub(crate) bound: Duration,
}

impl Layout {
    pub(crate) fn new(namespace: &Namespace, bound: Duration) -> Self {
        let value = format!("1;1;{}", bound.as_millis());
        Self { name: namespace.layout(), prefix: namespace.prefix().to_owned(), value, bound }
    }

    /// Compares with what was found in the server, and sets it there if nothing was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] where the namespace is laid out otherwise.
    pub(crate) async fn check(&self, found: Option<String>, link: &Link) -> Result<(), Error> {
        let found = match found {
            Some(found) => Some(found),
            None => self.lay_out(link).await?,
        };
        self.compare(found.as_deref())
    }

    /// Sets the layout, unless somebody did. A server that refuses writes at the moment may still be read.
    async fn lay_out(&self, link: &Link) -> Result<Option<String>, Error> {
        let mut set = redis::cmd("SET");
        set.arg(&self.name).arg(&self.value).arg("NX");
        if let Err(error) = link.query::<Value>(&set).await
            && classify(&error) != Fault::Refused
        {
            return Err(translate(error));
        }
        link.query(redis::cmd("GET").arg(&self.name)).await.map_err(translate)
    }

    fn compare(&self, found: Option<&str>) -> Result<(), Error> {
        match found {
            Some(found) if found != self.value => {
                let message = format!(
                    "this namespace is laid out as {found:?} in redis, this process expects {:?}: \
                     give all its processes the same settings, or use another namespace",
                    self.value
                );
                Err(Error::new(ErrorKind::Config, message).with_key(&self.name))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_layout_is_refused() {
        let layout = Layout::new(&Namespace::new("n", "e"), Duration::from_secs(2));
        assert_eq!(layout.name, "n:e:layout");
        assert!(layout.compare(Some("1;1;2000")).is_ok());
        assert!(layout.compare(None).is_ok());
        for other in ["1;128;2000", "1;1;1000", ""] {
            assert_eq!(layout.compare(Some(other)).map_err(|error| error.kind()), Err(ErrorKind::Config));
        }
    }
}
