//! What one node of a cluster knows of all nodes.

use std::ops::RangeInclusive;

/// A node, as a node of the same cluster sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) port: u16,
    flags: Vec<String>,
    /// The id of its master.
    pub(super) master: Option<String>,
    slots: Vec<RangeInclusive<u16>>,
}

/// What all nodes have to agree on: whose replica a node is, and which slots it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim<'a> {
    pub(super) port: u16,
    master: Option<&'a str>,
    slots: &'a [RangeInclusive<u16>],
}

impl Known {
    /// Reads the reply to `CLUSTER NODES`; `None` if it is none.
    pub(super) fn read(reply: &str) -> Option<Vec<Self>> {
        reply.lines().map(Self::read_line).collect()
    }

    /// `id host:port@bus[,name] flags master sent received epoch link slots…`
    fn read_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let id = words.next()?.to_owned();
        let (_, port) = words.next()?.split_once('@')?.0.rsplit_once(':')?;
        let flags = words.next()?.split(',').map(str::to_owned).collect();
        let master = Some(words.next()?).filter(|id| *id != "-").map(str::to_owned);
        // Slots that are under way to another node stand in brackets.
        let slots = words.skip(4).filter(|word| !word.starts_with('[')).map(range).collect::<Option<_>>()?;
        Some(Self { id, port: port.parse().ok()?, flags, master, slots })
    }

    pub(super) fn is_master(&self) -> bool {
        self.has("master")
    }

    /// Whether it is a full member that nobody takes to be down.
    pub(super) fn is_well(&self) -> bool {
        !["handshake", "noaddr", "fail", "fail?"].iter().any(|flag| self.has(flag))
    }

    pub(super) fn owns(&self, slot: u16) -> bool {
        self.slots.iter().any(|range| range.contains(&slot))
    }

    pub(super) fn owns_any(&self) -> bool {
        !self.slots.is_empty()
    }

    pub(super) fn claim(&self) -> Claim<'_> {
        Claim { port: self.port, master: self.master.as_deref(), slots: &self.slots }
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }
}

fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_node_says() {
        let reply = "07c3 127.0.0.1:30004@31004,hostname4 slave e7d1 0 1426238317239 4 connected\n\
                     e7d1 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-5460 7000 [93-<-292f]\n\
                     292f :30003@31003 master,fail? - 0 1426238318243 3 disconnected\n";
        let known = Known::read(reply).expect("it is a reply");
        let [replica, master, failing] = &known[..] else { panic!("{known:?}") };
        assert_eq!(
            (replica.port, replica.master.as_deref(), replica.is_master()),
            (30_004, Some("e7d1"), false)
        );
        assert!(replica.is_well() && master.is_well() && !failing.is_well());
        assert_eq!((master.port, &*master.id, master.is_master()), (30_001, "e7d1", true));
        assert!(master.owns(0) && master.owns(5460) && master.owns(7000));
        assert!(!master.owns(5461) && !master.owns(93 + 7000) && !failing.owns(0));
        assert_eq!(Known::read("nonsense"), None);
    }
}
