//! Whether a server tells of a change before it answers any later command.
//!
//! A process that read a stamp over a tracked connection takes its value as known until it is told otherwise, and
//! compares it with entries that it reads later over the same connection. That is sound if nothing can happen to the
//! stamp before such an entry is read without being told before the entry arrives. So each way in which a name can
//! change is tried here on a real server; and what is not told, or told late, is written down as a test too.

mod elsewhere;
mod expiry;
mod hammer;
mod listener;
mod overflow;
mod resync;
mod silence;
mod ways;
