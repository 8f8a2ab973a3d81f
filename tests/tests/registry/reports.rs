//! What is said when the first cache is built.

use std::io;
use std::sync::{Arc, Mutex};

use cache_core::Cache;
use cache_core::registry::{Report, reports};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn reports_of(type_name: &str) -> Vec<Report> {
    reports().into_iter().filter(|report| report.type_name() == type_name).collect()
}

#[test]
fn a_writer_that_is_wider_than_all_readers() {
    // One reader of the type is not aware, so nothing can be said about the writers.
    assert!(matches!(reports_of("menu")[..], [Report::NotAware { .. }]), "{:?}", reports_of("menu"));
    assert_eq!(reports_of("rights"), [], "one user is hit in every tenant");
}

#[test]
fn a_writer_that_hits_nothing() {
    let [Report::TooNarrow(mismatch)] = &reports_of("orders")[..] else { panic!("{:?}", reports()) };
    assert!(mismatch.writer.path.ends_with("::declarations::order"), "{mismatch:?}");
    assert!(mismatch.reader.path.ends_with("::declarations::orders"), "{mismatch:?}");
    assert!(mismatch.reader.location.file.ends_with("declarations.rs"), "{mismatch:?}");
}

#[test]
fn two_declarations_with_both_places() {
    let [Report::Differing { places: [one, other], .. }] = reports_of("twice")[..] else {
        panic!("{:?}", reports())
    };
    assert!(one.file.ends_with("declarations.rs") && other.line > one.line, "{one} {other}");
}

#[test]
fn all_of_it_is_said_once_by_the_first_cache() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _guard = subscriber.set_default();
    Cache::builder().memory_only().build().unwrap();
    let said = log.text();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), reports().len(), "{said}");
    for (level, text) in [
        ("WARN", "the type `twice` is declared twice and not alike"),
        ("WARN", "which hits nothing: no reader tells users apart"),
        ("WARN", "although the type `menu` is declared `tenant_aware`"),
        ("WARN", "invalidates `right`, which no function here is cached with; did you mean `rights`?"),
        ("INFO", "invalidates `somewhere_else`, which no function here is cached with"),
    ] {
        let found: Vec<_> = lines.iter().filter(|line| line.contains(text)).collect();
        assert!(matches!(found[..], [line] if line.contains(level)), "{level} {text}: {said}");
    }
    Cache::builder().memory_only().build().unwrap();
    assert_eq!(log.text(), said, "a second cache says nothing again");
}
