//! Making the incarnation belong to the current history.

use crate::conformance::subject::Subject;

/// A missing incarnation is written with a value that it never had before.
pub async fn a_missing_incarnation_is_written_anew(subject: Subject) {
    let mut seen = Vec::new();
    for _ in 0..3 {
        subject.ensure().await;
        let snapshot = subject.read().await;
        let incarnation = snapshot.incarnation.expect("it was written");
        assert_eq!(Some(incarnation.history), snapshot.history);
        assert!(!seen.contains(&incarnation.nonce), "{incarnation:?} after {seen:?}");
        seen.push(incarnation.nonce);
        subject.remove(&[subject.names.incarnation()]).await;
    }
}

/// An incarnation of the current history is left alone.
pub async fn an_incarnation_of_the_current_history_is_left_alone(subject: Subject) {
    subject.ensure().await;
    let before = subject.read().await.incarnation;
    subject.ensure().await;
    assert_eq!(subject.read().await.incarnation, before);
}
