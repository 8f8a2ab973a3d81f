//! The loads above: which loads the current task is inside of.

use std::sync::Arc;

/// A list of the flights whose loads enclose the current call, innermost first.
///
/// A nested call must know them, because waiting for one of them would be waiting for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads(Option<Arc<Link>>);

#[derive(Debug)]
struct Link {
    flight: u64,
    above: Loads,
}

impl Loads {
    /// This list with one more load inside.
    pub(crate) fn entered(&self, flight: u64) -> Self {
        Self(Some(Arc::new(Link { flight, above: self.clone() })))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The flights, innermost first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        std::iter::successors(self.0.as_deref(), |link| link.above.0.as_deref()).map(|link| link.flight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_innermost_load_first() {
        let outer = Loads::default().entered(1);
        let inner = outer.entered(2);
        assert_eq!(inner.iter().collect::<Vec<_>>(), [2, 1]);
        assert_eq!(outer.iter().collect::<Vec<_>>(), [1]);
        assert!(Loads::default().is_empty());
    }
}
