//! What a program declares is known before anything is called, and what does not fit together is said.

mod declarations;
mod functions;
mod reports;
