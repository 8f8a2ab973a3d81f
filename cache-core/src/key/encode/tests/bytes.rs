//! The bytes themselves, written out: they are part of every key, and changing them loses every entry.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde::Serialize;

use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;

fn check<T: Serialize + ?Sized>(value: &T, expected: &[u8]) {
    let mut bytes = Bytes::new();
    Encoder::new(&mut bytes).value(value).unwrap();
    assert_eq!(&bytes[..], expected);
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Newtype(u8);

#[derive(Serialize)]
struct Pair(u8, u8);

#[derive(Serialize)]
struct Point {
    y: u8,
    x: u8,
}

#[derive(Serialize)]
enum Shape {
    Empty,
    Dot(u8),
    Line(u8, u8),
    Box { w: u8 },
}

#[test]
fn integers() {
    check(&0_u8, &[0x20]);
    check(&0_i128, &[0x20]);
    check(&5_u8, &[0x21, 5]);
    check(&256_u16, &[0x22, 1, 0]);
    check(&u128::MAX, &[&[0x30][..], &[0xff; 16]].concat());
    check(&-1_i8, &[0x41, 1]);
    check(&i16::MIN, &[0x42, 0x80, 0]);
    check(&i128::MIN, &[&[0x50, 0x80][..], &[0; 15]].concat());
}

#[test]
fn other_scalars() {
    check(&(), &[0x01]);
    check(&Unit, &[0x01]);
    check(&None::<u8>, &[0x02]);
    check(&Some(5), &[0x03, 0x21, 5]);
    check(&Some(None::<u8>), &[0x03, 0x02]);
    check(&false, &[0x04]);
    check(&true, &[0x05]);
    check(&1.5_f32, &[0x06, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]);
    check(&-0.0_f64, &[0x06, 0, 0, 0, 0, 0, 0, 0, 0]);
    check(&-f64::NAN, &[0x06, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]);
    check("", &[0x07, 0]);
    check(&'é', &[0x07, 2, 0xc3, 0xa9]);
    check(&"x".repeat(300), &[&[0x07, 0xac, 0x02][..], &[b'x'; 300]].concat());
}

#[test]
fn compounds() {
    check(&[1_u8, 2][..], &[0x09, 0x21, 1, 0x21, 2, 0]);
    check(&(1, "a"), &[0x0a, 0x21, 1, 0x07, 1, b'a', 0]);
    check(&Pair(1, 2), &[0x0a, 0x21, 1, 0x21, 2, 0]);
    check(&Newtype(1), &[0x21, 1]);
    check(&BTreeSet::from([1, -1]), &[0x0b, 0x21, 1, 0x41, 1, 0]);
    check(&BTreeMap::from([(-1, 'a'), (1, 'b')]), &[0x0c, 0x21, 1, 7, 1, b'b', 0x41, 1, 7, 1, b'a', 0]);
    check(&Point { y: 1, x: 2 }, &[0x0d, 7, 1, b'y', 0x21, 1, 7, 1, b'x', 0x21, 2, 0]);
    check(&Shape::Dot(1), &[0x0f, 3, b'D', b'o', b't', 0x21, 1]);
    check(&Shape::Line(1, 2), &[0x10, 4, b'L', b'i', b'n', b'e', 0x21, 1, 0x21, 2, 0]);
    check(&Shape::Empty, &[0x0e, 5, b'E', b'm', b'p', b't', b'y']);
    check(&Shape::Box { w: 1 }, &[0x11, 3, b'B', b'o', b'x', 7, 1, b'w', 0x21, 1, 0]);
}

#[test]
fn what_has_a_text_form_for_humans_is_compact() {
    check(&Ipv4Addr::LOCALHOST, &[0x0a, 0x21, 127, 0x20, 0x20, 0x21, 1, 0]);
}
