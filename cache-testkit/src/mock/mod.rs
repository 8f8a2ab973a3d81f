//! A store that a test can look into.

mod call;
mod expectation;
mod mock_backend;

pub use self::call::{Call, MockEntry};
pub use self::expectation::Expectation;
pub use self::mock_backend::MockBackend;
