//! What is set outside of the code holds: in settings, in the environment, while the program runs.
#![expect(clippy::unwrap_used, reason = "a test that can\'t go on fails")]

mod codecs;
mod disabled;
mod environment;
mod precedence;
mod running;
