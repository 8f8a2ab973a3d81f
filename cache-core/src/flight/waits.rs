//! Who waits for whom: the guard against loads that wait for each other in a circle.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use smallvec::SmallVec;

use crate::sync::Mutex;

/// The waits between flights: which flight's load waits for which other flight.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    edges: Mutex<HashMap<u64, SmallVec<[u64; 2]>>>,
}

/// A wait that is registered, until it is dropped.
#[derive(Debug)]
pub(crate) struct Wait {
    waits: Arc<Waits>,
    edge: Option<(u64, u64)>,
}

impl Waits {
    /// Registers that the load of `above` waits for `flight`; `None` if that would close a circle.
    pub(crate) fn enter(self: &Arc<Self>, mut above: impl Iterator<Item = u64>, flight: u64) -> Option<Wait> {
        // A call outside any load waits without being waited for.
        let Some(innermost) = above.next() else { return Some(Wait { waits: self.clone(), edge: None }) };
        let mut edges = self.edges.lock().unwrap_or_else(PoisonError::into_inner);
        let above: SmallVec<[u64; 8]> = std::iter::once(innermost).chain(above).collect();
        if reaches(&edges, flight, &above) {
            return None;
        }
        edges.entry(innermost).or_default().push(flight);
        Some(Wait { waits: self.clone(), edge: Some((innermost, flight)) })
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.edges.lock().expect("no test panicked").is_empty()
    }
}

/// Whether following the waits from `start` leads to one of `goals`.
fn reaches(edges: &HashMap<u64, SmallVec<[u64; 2]>>, start: u64, goals: &[u64]) -> bool {
    let mut open = vec![start];
    let mut seen = Vec::new();
    while let Some(flight) = open.pop() {
        if goals.contains(&flight) {
            return true;
        }
        if !seen.contains(&flight) {
            seen.push(flight);
            open.extend(edges.get(&flight).into_iter().flatten());
        }
    }
    false
}

impl Drop for Wait {
    fn drop(&mut self) {
        let Some((from, to)) = self.edge else { return };
        let mut edges = self.waits.edges.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waited_for) = edges.get_mut(&from) {
            if let Some(position) = waited_for.iter().position(|flight| *flight == to) {
                waited_for.swap_remove(position);
            }
            if waited_for.is_empty() {
                edges.remove(&from);
            }
        }
    }
}
