//! Answers of stores that lie in this process.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The answer of a store that lies in this process.
pub(crate) fn at_once<F: Future>(answer: F) -> Option<F::Output> {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}
