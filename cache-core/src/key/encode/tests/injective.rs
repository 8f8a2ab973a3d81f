//! Different values have different bytes: whatever is written can be read back.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::key::encode::arguments::Arguments;
use crate::key::encode::reader::Reader;
use crate::key::encode::tests::decode::decode;
use crate::key::encode::tests::value::{HOSTILE, Value, names, texts, values};

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) }
}

fn arguments(list: &[(&'static str, Value)]) -> Arguments {
    let mut arguments = Arguments::default();
    for (name, value) in list {
        arguments.push(name, value).unwrap();
    }
    arguments
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_can_be_read_back(list in vec((names(), values()), 0..4)) {
        let ordered = |list: Vec<(_, Value)>| list.into_iter().map(|(n, v)| (n, v.ordered())).collect::<Vec<_>>();
        let read = decode(arguments(&list).as_bytes());
        prop_assert_eq!(ordered(read), ordered(list));
    }

    #[test]
    fn the_order_of_unordered_things_is_not_written(value in values()) {
        prop_assert_eq!(arguments(&[("a", value.clone())]), arguments(&[("a", value.ordered())]));
    }

    #[test]
    fn texts_can_be_read_back(text in texts()) {
        let list = [("a", Value::Text(text)), ("b", Value::None)];
        prop_assert_eq!(decode(arguments(&list).as_bytes()), list);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(prop_oneof![any::<u8>(), 0_u8..0x60], 0..40)) {
        let mut reader = Reader::new(&bytes);
        while reader.scalar().is_some() {}
    }
}

#[test]
fn hostile_and_long_texts_can_be_read_back() {
    for text in
        HOSTILE.iter().copied().map(String::from).chain(HOSTILE.iter().map(|text| text.repeat(1 << 14)))
    {
        let list = [("a", Value::Text(text.clone())), ("b", Value::UnitVariant(text.leak()))];
        assert_eq!(decode(arguments(&list).as_bytes()), list);
    }
}

#[test]
fn a_megabyte_counts_to_its_last_byte() {
    let long = "a".repeat(1 << 20);
    let list = |last| arguments(&[("a", Value::Text(format!("{long}{last}")))]);
    assert_eq!(list('x'), list('x'));
    assert_ne!(list('x'), list('y'));
}
