//! Faults with a seed: what networks, servers and memory do to commands, over any store.

mod fate;
mod faulty_store;
mod late;
mod replicated_store;
mod settings;

pub use self::faulty_store::FaultyStore;
pub use self::replicated_store::ReplicatedStore;
pub use self::settings::Faults;
