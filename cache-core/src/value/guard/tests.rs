#![expect(dead_code, reason = "the types are read to see whether they can be, and their contents not used")]

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use self::endless::{Endless, FOREVER};
use super::budget::{Budget, MAX_DEPTH, Refusal};
use super::wrap::Guard;

mod endless;

fn read<'de, T: Deserialize<'de>>(
    input: impl Deserializer<'de, Error = Error>,
    len: usize,
) -> (Result<T, Error>, Option<Refusal>) {
    let budget = Budget::for_input(len);
    let value = Guard::top(PhantomData::<T>, &budget).deserialize(input);
    (value, budget.refusal())
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct InOption(Option<Box<InOption>>);

#[derive(Debug, Deserialize)]
struct InNewtype(Box<InNewtype>);

#[derive(Debug, Deserialize)]
struct InStruct {
    below: Box<InStruct>,
}

#[derive(Debug, Deserialize)]
struct InTupleStruct(Box<InTupleStruct>, ());

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct InTuple((Box<InTuple>, ()));

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct InSeq(Vec<InSeq>);

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct InMap(BTreeMap<(), InMap>);

#[derive(Debug, Deserialize)]
enum InNewtypeVariant {
    Below(Box<InNewtypeVariant>),
}

#[derive(Debug, Deserialize)]
enum InTupleVariant {
    Below(Box<InTupleVariant>, ()),
}

#[derive(Debug, Deserialize)]
enum InStructVariant {
    Below { below: Box<InStructVariant> },
}

#[derive(Debug)]
struct InTag;

impl<'de> Deserialize<'de> for InTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("InTag", &[], AsTag)
    }
}

struct AsTag;

impl<'de> Visitor<'de> for AsTag {
    type Value = InTag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tag")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<InTag, A::Error> {
        variant.variant::<InTag>().map(|(tag, _)| tag)
    }
}

/// Reads on a stack of 256 KiB, so that without the guard this ends the test at once.
fn nests_too_deep<T: for<'de> Deserialize<'de> + fmt::Debug + Send + 'static>() {
    let reading = || read::<T>(FOREVER, 10);
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(reading).expect("a thread");
    let (value, refusal) = thread.join().expect("the guard refuses in time");
    assert_eq!(value.expect_err("it has no end").to_string(), "it nests deeper than 128 levels");
    assert_eq!(refusal, Some(Refusal::TooDeep));
}

#[test]
fn endless_nesting_is_refused_in_every_shape() {
    nests_too_deep::<InOption>();
    nests_too_deep::<InNewtype>();
    nests_too_deep::<InStruct>();
    nests_too_deep::<InTupleStruct>();
    nests_too_deep::<InTuple>();
    nests_too_deep::<InSeq>();
    nests_too_deep::<InMap>();
    nests_too_deep::<InNewtypeVariant>();
    nests_too_deep::<InTupleVariant>();
    nests_too_deep::<InStructVariant>();
    nests_too_deep::<InTag>();
}

#[test]
fn as_many_levels_as_are_allowed_are_read() {
    assert!(read::<InOption>(Endless { levels: MAX_DEPTH }, 10).0.is_ok());
    assert_eq!(read::<InOption>(Endless { levels: MAX_DEPTH + 1 }, 10).1, Some(Refusal::TooDeep));
}

#[test]
fn endless_elements_are_refused() {
    let (value, refusal) = read::<Vec<()>>(FOREVER, 10);
    let message = value.expect_err("it has no end").to_string();
    assert_eq!(
        (message.as_str(), refusal),
        ("it claims more elements than its bytes can hold", Some(Refusal::TooMany))
    );
    assert_eq!(read::<BTreeMap<(), ()>>(FOREVER, 10).1, Some(Refusal::TooMany));
    assert_eq!(read::<Vec<[(); 32]>>(FOREVER, 10).1, Some(Refusal::TooMany));
}

/// What a sequence or a map is told of the number of its elements.
#[derive(Debug, PartialEq)]
struct Hint<const MAP: bool>(Option<usize>);

impl<'de, const MAP: bool> Deserialize<'de> for Hint<MAP> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if MAP { deserializer.deserialize_map(AsHint) } else { deserializer.deserialize_seq(AsHint) }
    }
}

struct AsHint<const MAP: bool>;

impl<'de, const MAP: bool> Visitor<'de> for AsHint<MAP> {
    type Value = Hint<MAP>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Hint<MAP>, A::Error> {
        Ok(Hint(elements.size_hint()))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Hint<MAP>, A::Error> {
        Ok(Hint(entries.size_hint()))
    }
}

#[test]
fn no_container_is_told_of_more_elements_than_there_are_bytes() {
    let three = Endless { levels: 3 };
    assert_eq!(read::<Hint<false>>(FOREVER, 10).0, Ok(Hint(Some(10))));
    assert_eq!(read::<Hint<true>>(FOREVER, 10).0, Ok(Hint(Some(10))));
    assert_eq!(read::<Hint<false>>(three, 10).0, Ok(Hint(Some(3))));
    assert_eq!(read::<Hint<true>>(three, 10).0, Ok(Hint(Some(3))));
    type Both = (Hint<false>, Hint<true>);
    assert_eq!(read::<Both>(FOREVER, 10).0, Ok((Hint(Some(10)), Hint(Some(0)))), "nor are all together");
}

#[test]
fn what_describes_itself_is_read_through_the_guard() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Any {
        Number(i64),
        Text(String),
        List(Vec<Any>),
    }
    assert_eq!(read(7_i64.into_deserializer(), 1).0, Ok(Any::Number(7)));
    assert_eq!(read("seven".into_deserializer(), 5).0, Ok(Any::Text("seven".into())));
    let list = SeqDeserializer::new([7_u8, 8].into_iter());
    assert_eq!(read(list, 2).0, Ok(Any::List(vec![Any::Number(7), Any::Number(8)])));
    let map = MapDeserializer::new([("a", 1_u8), ("b", 2)].into_iter());
    assert_eq!(read(map, 4).0, Ok(BTreeMap::from([("a".to_owned(), 1_u8), ("b".to_owned(), 2)])));
}

/// An input that lends text and bytes, and where asked to own them gives an error.
struct Lender;

impl<'de> Deserializer<'de> for Lender {
    type Error = Error;

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(serde::de::Error::custom("not to be lent"))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str("lent")
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(b"lent")
    }
}

#[test]
fn text_and_bytes_are_borrowed_before_anything_is_allocated_for_them() {
    assert_eq!(read::<String>(Lender, 4).0, Ok("lent".into()));
    assert_eq!(read::<CString>(Lender, 4).0, Ok(c"lent".into()));
}
