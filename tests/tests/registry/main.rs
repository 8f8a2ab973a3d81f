//! What a program declares is known before anything is called, and what does not fit together is said.
#![expect(clippy::unwrap_used, reason = "a test that can\'t go on fails")]

mod declarations;
mod functions;
mod reports;
