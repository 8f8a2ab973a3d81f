use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use crate::key::encode::tests::value::{HOSTILE, texts};

use super::*;

fn percent(text: &str) -> String {
    percent_pieces(text).collect()
}

fn segment(text: &str) -> String {
    let mut out = String::new();
    push_segment(&mut out, text);
    out
}

fn tag(text: &str) -> String {
    let mut out = String::new();
    push_tag(&mut out, text);
    out
}

fn check(text: &str, expected_segment: &str, expected_tag: &str) {
    assert_eq!(segment(text), expected_segment);
    assert_eq!(tag(text), expected_tag);
}

#[test]
fn segments_and_tags() {
    check("", "", "");
    check("menu", "menu", "menu");
    check("Aura_9.x-y", "Aura_9.x-y", "Aura_9.x-y");
    check("-", "%2D", "-");
    check("--", "--", "--");
    check("%2D", "%252D", "%2D");
    check("50%", "50%25", "50%25");
    check("%zz%a", "%25zz%25a", "%25zz%25a");
    check("item:42", "item%3A42", "item:42");
    check("a{b}", "a%7Bb%7D", "a%7Bb%7D");
    check("#a", "%23a", "%23a");
    check("a/b c~", "a%2Fb%20c%7E", "a%2Fb%20c%7E");
    check("\n\0", "%0A%00", "%0A%00");
    check("é", "%C3%A9", "%C3%A9");
    check("🦀", "%F0%9F%A6%80", "%F0%9F%A6%80");
}

#[test]
fn placeholders_of_tags() {
    assert_eq!(percent("a:b%{}-_.9"), "a%3Ab%25%7B%7D-_.9");
    assert_eq!(percent("-"), "-");
    assert_eq!(percent(&"a".repeat(1000)), "a".repeat(1000));
}

#[test]
fn text_over_the_limit_is_hashed() {
    let fits = "a".repeat(96);
    let encoded_fits = "🦀".repeat(8);
    check(&fits, &fits, &fits);
    assert_eq!(segment(&encoded_fits), "%F0%9F%A6%80".repeat(8));
    // BLAKE3 of 97 times "a", of 33 times ":", and of the crabs.
    let hashes = [
        "#vyUP9fPbw8VoMAxqaAPH1CjmggTt8z4t",
        "#HiUKAILT42RxNmmfQnQ8Q0Xu4V0cJyyG",
        "#81rtnUeUHZO86gQdYrCklmYTqpLN3ZZk",
    ];
    check(&"a".repeat(97), hashes[0], hashes[0]);
    check(&":".repeat(33), hashes[1], &":".repeat(33));
    let crabs = format!("{encoded_fits}a");
    assert_eq!(segment(&crabs), hashes[2]);
    assert_eq!(tag(&crabs), tag(&percent(&crabs)), "however it was written");
    assert_eq!(hashes.map(str::len), [33; 3]);
}

#[test]
fn what_is_there_already_does_not_count() {
    let mut out = "x".repeat(96);
    push_segment(&mut out, "menu");
    push_tag(&mut out, &"a".repeat(97));
    assert!(out.starts_with(&format!("{}menu#", "x".repeat(96))));
    assert_eq!(out.len(), 96 + 4 + 33);
}

#[test]
fn no_long_text_is_built_to_be_thrown_away() {
    for part in ["a", ":", "🦀"] {
        let mut out = String::new();
        push_segment(&mut out, &part.repeat(1 << 20));
        assert_eq!(out.len(), 33);
        assert!(out.capacity() < 256, "{}", out.capacity());
    }
}

fn is_safe(text: &str, besides: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-%".contains(c) || besides.contains(c))
}

/// What was written can be read back, or is a hash.
fn assert_injective(text: &str) {
    let decoded = |written: &str| String::from_utf8(percent_decode_str(written).collect()).unwrap();
    for written in [segment(text), tag(&percent(text))] {
        match written.strip_prefix('#') {
            Some(hash) => {
                assert!(percent(text).len() > 96);
                assert_eq!(hash.len(), 32);
                assert!(is_safe(hash, ""));
            }
            None => {
                assert!(is_safe(&written, "") && written.len() <= 96);
                assert_eq!(decoded(&written), text);
            }
        }
    }
    assert!(is_safe(tag(text).trim_start_matches('#'), ":"));
    if !text.contains(['%', ':']) {
        assert_eq!(tag(text), tag(&percent(text)), "written out by hand, or through a placeholder");
    }
    assert_ne!(segment(text), "-");
    assert!(is_safe(&percent(text), ""));
    assert_eq!(decoded(&percent(text)), text);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn every_text_is_told_apart(text in texts()) {
        assert_injective(&text);
    }
}

#[test]
fn hostile_and_long_texts_are_told_apart() {
    let all = || HOSTILE.iter().flat_map(|text| [text.to_string(), text.repeat(1 << 14), format!("{text}-")]);
    all().for_each(|text| assert_injective(&text));
    let mut texts: Vec<_> = all().collect();
    texts.sort();
    texts.dedup();
    for write in [segment, |text: &str| tag(&percent(text))] {
        let mut written: Vec<_> = texts.iter().map(|text| write(text)).collect();
        written.sort();
        written.dedup();
        assert_eq!(written.len(), texts.len());
    }
}
