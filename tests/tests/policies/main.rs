//! What is set outside of the code holds: in settings, in the environment, while the program runs.

mod codecs;
mod disabled;
mod environment;
mod precedence;
mod running;
