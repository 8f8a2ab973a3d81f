use std::error::Error as _;

use serde::ser::{Error as _, Serializer};

use super::*;

struct Refuses;

impl Serialize for Refuses {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("it refuses"))
    }
}

fn list(name: &'static str, value: u8) -> Arguments {
    let mut arguments = Arguments::default();
    arguments.push(name, &value).unwrap();
    arguments
}

#[test]
fn an_error_names_the_argument_and_leaves_the_list_unchanged() {
    let mut arguments = list("page", 1);
    let error = arguments.push("filter", &(1, "two", Refuses)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Codec);
    assert_eq!(error.to_string(), "the argument `filter` can't be part of a key");
    assert_eq!(error.source().unwrap().to_string(), "it refuses");
    assert_eq!(arguments, list("page", 1));
}

#[test]
fn names_and_order_are_part_of_the_list() {
    let pair = |a, b| {
        let mut arguments = list(a, 1);
        arguments.push(b, &1).unwrap();
        arguments
    };
    assert_eq!(list("a", 1), list("a", 1));
    assert_ne!(list("a", 1), list("b", 1));
    assert_ne!(pair("a", "b"), pair("b", "a"));
    assert_ne!(pair("a", "b").as_bytes(), list("a", 1).as_bytes());
    assert!(Arguments::default().as_bytes().is_empty());
    assert!(!list("", 0).as_bytes().is_empty());
}

#[test]
fn debug_shows_what_the_key_shows() {
    let mut arguments = list("page", 1);
    assert_eq!(format!("{arguments:?}"), "Arguments(page=1)");
    arguments.push("secret", &["hunter2"]).unwrap();
    assert!(format!("{arguments:?}").starts_with("Arguments(#"));
}

#[test]
fn ordinary_lists_need_no_heap() {
    let mut arguments = Arguments::default();
    arguments.push("restaurant_id", &42_u64).unwrap();
    arguments.push("category", "starters and salads").unwrap();
    arguments.push("page", &Some(3_u32)).unwrap();
    assert!(!arguments.bytes.spilled());
}
