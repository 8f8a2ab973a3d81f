use std::collections::{BTreeMap, HashSet};

use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Serialize;

use crate::key::encode::Show;
use crate::key::encode::tests::value::{Value, names, scalars, values};

use super::*;

#[derive(Serialize)]
enum Kind {
    Menu,
    #[serde(rename = "a/b")]
    Slash,
    Page(u8),
}

macro_rules! list {
    ($($name:literal: $value:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "a list may be empty")]
        let mut arguments = Arguments::default();
        $(arguments.push($name, $value).unwrap();)*
        arguments
    }};
}

fn rendered(arguments: &Arguments) -> String {
    let mut out = String::from(">");
    render(arguments, NO_SECRET, &mut out);
    out.split_off(1)
}

/// Compares the readable form, and a hash of the canonical bytes.
fn check(arguments: &Arguments, readable: &str, bytes: &str) {
    let mut hash = String::new();
    push_hash(&mut hash, arguments.as_bytes());
    assert_eq!(hash, bytes, "the canonical bytes of {readable}");
    assert_eq!(rendered(arguments), readable);
}

/// The same for a list whose readable form is that hash.
fn hashed(arguments: &Arguments, bytes: &str) {
    check(arguments, bytes, bytes);
}

/// These texts are in the keys of running systems: a change of any of them loses entries.
#[test]
fn golden() {
    check(&list!(), "", "#rxNJufX5oaagQE3qNtzJSZvLJcmtwRK3");
    check(
        &list!("restaurant_id": &42, "page": &1),
        "restaurant_id=42,page=1",
        "#EnU07CZLW2ssCuMKKIqZJnJks2Oz2QyM",
    );
    check(&list!("b.id": &u64::MAX), "b.id=18446744073709551615", "#Usutn9L0lB0cCHACfvrVs0e7XnbBjuUV");
    check(&list!("a": &-1), "a=-1", "#chluYdWBU8mv0-Ych3dUzRZFKuu3r0LW");
    check(
        &list!("a": &i128::MIN),
        "a=-170141183460469231731687303715884105728",
        "#QjSWV-3VOc_7BWLdEd6xOnnxkDRja-TP",
    );
    check(&list!("a": &1.0), "a=1.0", "#I92AWNnHXpuKK_bMwQf5X2mzUDyf3Xgi");
    check(&list!("a": &1e16, "b": &-1.5e-7), "a=1e16,b=-1.5e-7", "#_78YVnPsts6lJf7vqJQjYq8b6TtI0YkS");
    check(
        &list!("a": &f32::NAN, "b": &f64::NEG_INFINITY, "c": &-0.0),
        "a=NaN,b=-inf,c=0.0",
        "#G5JCFfnEu0S6YscOZDHECdItyON7gRGf",
    );
    check(&list!("a": &true, "b": &false), "a=true,b=false", "#wos3EGRdqSdU0h-6FbSUkX_JuJaLZWI4");
    check(
        &list!("a": &None::<u8>, "b": &Some(1), "c": &Some(None::<u8>), "d": &Some("1")),
        "a=none,b=+1,c=+none,d=+'1",
        "#-1SHz_ibRwW6KuRaECYnaidSrFqET06g",
    );
    check(&list!("a": "", "b": "-"), "a=,b=-", "#xLQKLdHCZFrr357N6IGnA2tnnfEEM92p");
    check(
        &list!("name": "Crème brûlée"),
        "name=Cr%C3%A8me%20br%C3%BBl%C3%A9e",
        "#n2P-t4l1Vl3qyHjjXYhe23n5NEj4nDU2",
    );
    check(
        &list!("a": "42", "b": "true", "c": "nan"),
        "a='42,b='true,c='nan",
        "#9tAXqvGkRrSzmqeTZlzz4-d5JwCRnbgd",
    );
    check(&list!("a": "x=1,b=2", "b": &'+'), "a=x%3D1%2Cb%3D2,b=%2B", "#mPV2IH3aHKk_bCxzzcDCGnusdO80o8g6");
    check(
        &list!("a": "'1", "b": "@Menu", "c": "#"),
        "a=%271,b=%40Menu,c=%23",
        "#KzAgF1qu6g7XDPW1okM3hUR7Afpob-SH",
    );
    check(
        &list!("kind": &Kind::Menu, "other": &Kind::Slash),
        "kind=@Menu,other=@a%2Fb",
        "#R6DlOOy2azrQQx9xQ0i26YNUpMZvz7KV",
    );
    hashed(&list!("kind": &Kind::Page(1)), "#AB_ya_Xxs1caHNG6edAva_3e4ENGdwuE");
    check(&list!("type~": &1), "type%7E=1", "#0gFUKM1agMCXrIY8k9dYl4Il8QIWOngG");
    hashed(&list!("ids": &[1, 2, 3][..]), "#5uYEANZjiPuSBqMvFgCt2tNwcue5yoVP");
    hashed(&list!("ids": &HashSet::from([3, 1, 2])), "#27SCYYAszbtyLp3fYUA7Xz_jKgZ4UsDG");
    hashed(&list!("pair": &(1, "a")), "#aZYN1zL5Zw9e3eCUg7YQTRF6QET9PA6-");
    hashed(&list!("map": &BTreeMap::from([("b", 1), ("a", 2)])), "#fNYy1FxCCq_4E_EKCMHGkC0xQyqiFYo3");
    hashed(&list!("text": &"a".repeat(95)), "#Q1dB2ceQJIG50LajU3Db4X1UMT6cu8tW");
    hashed(&list!("text": &"🦀".repeat(1000)), "#KCLvP793n_6to0HyiJJkz1G2ecUx9eLt");
}

#[test]
fn strings_that_read_like_something_else_are_marked() {
    for text in
        ["0", "-1", "1e5", "1E5", "1.", ".5", "inf", "Infinity", "INF", "nan", "NaN", "true", "false", "none"]
    {
        assert_eq!(rendered(&list!("a": text)), format!("a='{text}"));
    }
    for text in ["1a", "e", "True", "None", "some", "infinit", "-", ".", "1-1", "0x1f", "1_000"] {
        assert_eq!(rendered(&list!("a": text)), format!("a={text}"));
    }
}

#[test]
fn anything_with_parts_is_hashed() {
    let all = [
        list!("a": &()),
        list!("a": &[1][..]),
        list!("a": &(1,)),
        list!("a": &BTreeMap::from([(1, 1)])),
        list!("a": &HashSet::from([1])),
        list!("a": &Kind::Page(1)),
        list!("a": &Some([1])),
        list!("a": &1, "b": &(1, 2), "c": &1),
    ];
    for arguments in all {
        let text = rendered(&arguments);
        assert!(text.starts_with('#') && text.len() == 33, "{text}");
    }
}

#[test]
fn a_list_over_the_limit_is_hashed() {
    let (fits, exceeds) = ("a".repeat(94), "a".repeat(95));
    assert_eq!(rendered(&list!("a": &fits)), format!("a={fits}"));
    assert!(rendered(&list!("a": &exceeds)).starts_with('#'));
    let (fits, exceeds) = ("a".repeat(89), "a".repeat(90));
    assert_eq!(rendered(&list!("a": &fits, "b": &12)).len(), 96);
    assert!(rendered(&list!("a": &exceeds, "b": &12)).starts_with('#'));
    // Encoding counts: 31 colons are 93 characters.
    assert_eq!(rendered(&list!("a": &":".repeat(31))).len(), 95);
    assert!(rendered(&list!("a": &":".repeat(32))).starts_with('#'));
}

#[test]
fn no_long_text_is_built_to_be_thrown_away() {
    for part in ["a", "1", ":", "🦀"] {
        let mut out = String::new();
        render(&list!("a": &part.repeat(1 << 20)), NO_SECRET, &mut out);
        assert_eq!(out.len(), 33);
        assert!(out.capacity() < 256, "{}", out.capacity());
    }
}

fn parse(text: &str) -> Vec<(String, Value)> {
    text.split_terminator(',')
        .map(|argument| {
            let (name, value) = argument.split_once('=').unwrap();
            (decoded(name), parse_value(value))
        })
        .collect()
}

fn parse_value(text: &str) -> Value {
    match text {
        "none" => Value::None,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.chars().next() {
            Some('+') => Value::Some(Box::new(parse_value(&text[1..]))),
            Some('@') => Value::UnitVariant(decoded(&text[1..]).leak()),
            Some('\'') => Value::Text(decoded(&text[1..])),
            _ => parse_number(text).unwrap_or_else(|| Value::Text(decoded(text))),
        },
    }
}

fn parse_number(text: &str) -> Option<Value> {
    if let Ok(positive) = text.parse() {
        return Some(Value::Positive(positive));
    }
    if let Ok(negative) = text.parse() {
        return Some(Value::Negative(negative));
    }
    text.parse().ok().map(|float: f64| Value::Float(float.to_bits()))
}

fn decoded(text: &str) -> String {
    String::from_utf8(percent_decode_str(text).collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn what_is_written_out_can_be_read_back(list in vec((names(), scalars()), 0..4)) {
        let mut arguments = Arguments::default();
        for (name, value) in &list {
            arguments.push(name, value).unwrap();
        }
        let text = rendered(&arguments);
        prop_assert!(text.len() <= 96);
        prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-%'+@#,=".contains(c)));
        if !text.starts_with('#') {
            let list: Vec<_> = list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            prop_assert_eq!(parse(&text), list);
        }
    }

    #[test]
    fn values_are_written_as_their_arguments_are(
        list in vec((names(), values(), proptest::bool::weighted(0.1)), 0..4),
    ) {
        let mut values = Values::default();
        for (name, value, hidden) in &list {
            let show = if *hidden { Show::Hashed } else { Show::AsItIs };
            values.push(name, value, show).unwrap();
        }
        let (mut written, mut expected) = (String::from("-"), String::from("-"));
        render_values(&values, NO_SECRET, &mut written);
        render(&values.to_arguments(), NO_SECRET, &mut expected);
        prop_assert_eq!(written, expected);
    }

    #[test]
    fn numbers_are_written_as_by_a_formatter(number: u64, digits in 0_u32..20) {
        for number in [number, number % 10_u64.pow(digits), 10_u64.pow(digits), 10_u64.pow(digits) - 1] {
            let mut written = String::new();
            push_number(&mut written, number);
            prop_assert_eq!(written, number.to_string());
        }
    }
}
