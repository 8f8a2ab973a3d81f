//! What is one value although it has several types, and what is not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Debug;
use std::hash::{BuildHasher, DefaultHasher, Hasher};

use serde::{Serialize, Serializer};

use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;

fn encode<T: Serialize + ?Sized>(value: &T) -> Bytes {
    let mut bytes = Bytes::new();
    Encoder::new(&mut bytes).value(value).unwrap();
    bytes
}

fn same<A: Serialize + Debug + ?Sized, B: Serialize + Debug + ?Sized>(a: &A, b: &B) {
    assert_eq!(encode(a), encode(b), "{a:?} and {b:?}");
}

#[derive(Debug, Serialize)]
struct Newtype<T>(T);

#[derive(Debug, Serialize)]
struct Named<T> {
    a: T,
}

#[derive(Debug, Serialize)]
enum Either<T> {
    #[serde(rename = "a")]
    Unit,
    Left(T),
    Right(T),
    Pair(T, T),
    Named {
        a: T,
    },
}

#[test]
fn the_type_of_an_integer_does_not_matter() {
    same(&5_u8, &5_u64);
    same(&5_u8, &5_i8);
    same(&5_usize, &5_i128);
    same(&5_u128, &5_i64);
    same(&-5_i8, &-5_i128);
    same(&u64::MAX, &i128::from(u64::MAX));
    same(&i128::MAX, &i128::MAX.unsigned_abs());
}

#[test]
fn the_type_of_a_float_does_not_matter() {
    same(&1.5_f32, &1.5_f64);
    same(&0.1_f32, &f64::from(0.1_f32));
    same(&0.0_f64, &-0.0_f32);
    same(&f32::NAN, &-f64::NAN);
    same(&f64::NAN, &f64::from_bits(0x7ff0_0000_0000_0001));
    same(&f32::NEG_INFINITY, &f64::NEG_INFINITY);
}

#[test]
fn the_type_of_a_text_does_not_matter() {
    same("a", &String::from("a"));
    same("a", &'a');
    same("a", &Cow::Borrowed("a"));
    same("a", std::path::Path::new("a"));
    same("1.5", &Shown);
}

#[test]
fn references_newtypes_and_lengths_do_not_matter() {
    same(&&&Box::new(5), &5);
    same(&Newtype(Newtype("a")), "a");
    same(&Some(&Newtype(1)), &Some(1));
    same(&vec![1, 2], &[1, 2][..]);
    same(&VecDeque::from([1, 2]), &LinkedList::from([1, 2]));
    same(&vec![1, 2], &Unannounced);
}

#[test]
fn the_order_of_a_map_does_not_matter() {
    let (forth, back) = (hash_map(0, 0..40), hash_map(1, 0..40));
    assert!(forth.keys().ne(back.keys()), "the two maps show nothing");
    same(&forth, &back);
    same(&forth, &(0..40).map(|i| (i, "x".repeat(i))).collect::<BTreeMap<_, _>>());
}

#[test]
fn the_order_of_a_set_does_not_matter() {
    let (forth, back) = (hash_set(0, 0..40), hash_set(1, 0..40));
    assert!(forth.iter().ne(back.iter()), "the two sets show nothing");
    same(&forth, &back);
    same(&forth, &(0..40).collect::<BTreeSet<_>>());
    same(&forth, &(0..40).collect::<HashSet<usize>>());
    same(&&Some(&forth), &Some(Box::new(&back)));
    same(&Named { a: &forth }, &Named { a: &back });
    same(&Either::Pair(&forth, &back), &Either::Pair(&back, &forth));
    same(&HashMap::from([(1, &forth)]), &BTreeMap::from([(1, &back)]));
    same(&vec![Newtype(&forth), Newtype(&back)], &vec![&back, &forth]);
    same(&BTreeSet::from([BTreeSet::from([1, 2])]), &HashSet::from([BTreeSet::from([2, 1])]));
}

#[test]
fn the_order_of_a_list_of_sets_matters() {
    let (a, b) = (BTreeSet::from([1]), BTreeSet::from([2]));
    assert_ne!(encode(&[&a, &b][..]), encode(&[&b, &a][..]));
    assert_ne!(encode(&vec![&a, &b]), encode(&vec![&b, &a]));
}

#[test]
fn different_values_differ() {
    let all = [
        encode(&1),
        encode(&-1),
        encode(&1.0),
        encode("1"),
        encode(&true),
        encode(&()),
        encode(&[1][..]),
        encode(&(1,)),
        encode(&BTreeSet::from([1])),
        encode(&BTreeMap::from([(1, 1)])),
        encode(&BTreeMap::from([("a", 1)])),
        encode(&Named { a: 1 }),
        encode(&Some(1)),
        encode(&Some(Some(1))),
        encode(&None::<u8>),
        encode(&Some(None::<u8>)),
        encode("none"),
        encode("a"),
        encode(&Either::Unit::<u8>),
        encode(&Either::Left(1)),
        encode(&Either::Right(1)),
        encode(&Either::Right((1, 1))),
        encode(&Either::Pair(1, 1)),
        encode(&Either::Named { a: 1 }),
        encode(&Octets(b"1")),
        encode(&b"1"[..]),
        encode(b"1"),
        encode(&((1,), 2)),
        encode(&(1, (2,))),
        encode(&(1, 2)),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(!all[..i].contains(a), "value {i} equals an earlier one: {a:?}");
    }
}

#[test]
fn ordinary_arguments_need_no_heap() {
    let mut bytes = encode(&("restaurant", 42_u64, Some("a name of ordinary length"), [1.5, 2.5], true));
    assert!(!bytes.spilled());
    Encoder::new(&mut bytes).value(&HashMap::from([(2, "b"), (1, "a")])).unwrap();
    assert!(!bytes.spilled());
}

/// A hasher whose order depends on the seed only.
#[derive(Clone, Copy)]
struct Seed(u64);

impl BuildHasher for Seed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.0);
        hasher
    }
}

fn hash_set(seed: u64, items: impl Iterator<Item = usize>) -> HashSet<usize, Seed> {
    let mut set = HashSet::with_hasher(Seed(seed));
    set.extend(items);
    set
}

fn hash_map(seed: u64, items: impl Iterator<Item = usize>) -> HashMap<usize, String, Seed> {
    let mut map = HashMap::with_hasher(Seed(seed));
    map.extend(items.map(|i| (i, "x".repeat(i))));
    map
}

#[derive(Debug)]
struct Shown;

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&1.5)
    }
}

#[derive(Debug)]
struct Unannounced;

impl Serialize for Unannounced {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;

        let mut sequence = serializer.serialize_seq(Some(7))?;
        sequence.serialize_element(&1)?;
        sequence.serialize_element(&2)?;
        sequence.end()
    }
}

struct Octets(&'static [u8]);

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}
