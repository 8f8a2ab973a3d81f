//! Arbitrary values that serialize themselves through every method of serde's data model.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::ser::{
    Serialize, SerializeMap, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleVariant,
    Serializer,
};

/// Names that could be taken for tags, lengths or the end of something.
const NAMES: &[&str] = &["", "a", "b", "id", "None", "\0", "a\0", "\u{1}", "\u{7}a", "true", "r#type", "é"];

/// Strings that mean something in a key, in a tag, in canonical bytes or to a careless reader.
pub(in crate::key) const HOSTILE: &[&str] = &[
    "", "-", "--", "_", ".", "..", ":", "::", "%", "%2D", "%%", "{", "}", "{}", "'", "''", "'1", "+", "+1",
    "@", "@a", "#", "#a", ",", "=", "a=1", "a=1,b=2", ",b=2", "\n", "\0", "\0\0", "\u{7f}", "é", "🦀",
    "🦀🦀", "1", "-1", "01", "1.0", "1e16", "1E16", ".5", "5.", "inf", "-inf", "INF", "infinity", "Infinity",
    "nan", "NaN", "-nan", "+NaN", "true", "false", "none", "True", "None", "*", "a b", "\\", "\"", "/", "?",
    "٣",
];

/// A value as serde sees it. Floats are held by their bits, so that values can be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::key) enum Value {
    Unit,
    None,
    Some(Box<Value>),
    Bool(bool),
    Positive(u128),
    /// Below zero.
    Negative(i128),
    Float(u64),
    Text(String),
    Bytes(Vec<u8>),
    Sequence(Vec<Value>),
    Tuple(Vec<Value>),
    Set(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Struct(Vec<(&'static str, Value)>),
    UnitVariant(&'static str),
    NewtypeVariant(&'static str, Box<Value>),
    TupleVariant(&'static str, Vec<Value>),
    StructVariant(&'static str, Vec<(&'static str, Value)>),
}

impl Value {
    /// The same value with maps and sets in order, down to the leaves.
    pub(super) fn ordered(self) -> Self {
        let fields = |fields: Vec<(_, Self)>| fields.into_iter().map(|(n, v)| (n, v.ordered())).collect();
        let all = |values: Vec<Self>| values.into_iter().map(Self::ordered).collect::<Vec<_>>();
        match self {
            Self::Some(value) => Self::Some(Box::new(value.ordered())),
            Self::Sequence(values) => Self::Sequence(all(values)),
            Self::Tuple(values) => Self::Tuple(all(values)),
            Self::Set(values) => {
                let mut values = all(values);
                values.sort();
                Self::Set(values)
            }
            Self::Map(entries) => {
                let mut entries: Vec<_> =
                    entries.into_iter().map(|(key, value)| (key.ordered(), value.ordered())).collect();
                entries.sort();
                Self::Map(entries)
            }
            Self::Struct(values) => Self::Struct(fields(values)),
            Self::NewtypeVariant(name, value) => Self::NewtypeVariant(name, Box::new(value.ordered())),
            Self::TupleVariant(name, values) => Self::TupleVariant(name, all(values)),
            Self::StructVariant(name, values) => Self::StructVariant(name, fields(values)),
            scalar => scalar,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unit => serializer.serialize_unit(),
            Self::None => serializer.serialize_none(),
            Self::Some(value) => serializer.serialize_some(value),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Positive(value) => serializer.serialize_u128(*value),
            Self::Negative(value) => serializer.serialize_i128(*value),
            Self::Float(bits) => serializer.serialize_f64(f64::from_bits(*bits)),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Sequence(values) => serializer.collect_seq(values),
            Self::Tuple(values) => {
                let mut tuple = serializer.serialize_tuple(values.len())?;
                values.iter().try_for_each(|value| tuple.serialize_element(value))?;
                tuple.end()
            }
            Self::Set(values) => serializer.collect_seq(HashSet(values)),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
            Self::Struct(fields) => {
                let mut all = serializer.serialize_struct("S", fields.len())?;
                fields.iter().try_for_each(|(name, value)| all.serialize_field(name, value))?;
                all.end()
            }
            Self::UnitVariant(name) => serializer.serialize_unit_variant("E", 0, name),
            Self::NewtypeVariant(name, value) => serializer.serialize_newtype_variant("E", 0, name, value),
            Self::TupleVariant(name, values) => {
                let mut all = serializer.serialize_tuple_variant("E", 0, name, values.len())?;
                values.iter().try_for_each(|value| all.serialize_field(value))?;
                all.end()
            }
            Self::StructVariant(name, fields) => {
                let mut all = serializer.serialize_struct_variant("E", 0, name, fields.len())?;
                fields.iter().try_for_each(|(name, value)| all.serialize_field(name, value))?;
                all.end()
            }
        }
    }
}

/// Its name is what makes it a set.
struct HashSet<'a>(&'a [Value]);

impl<'a> IntoIterator for HashSet<'a> {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

pub(in crate::key) fn names() -> impl Strategy<Value = &'static str> {
    select(NAMES)
}

pub(in crate::key) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(HOSTILE).prop_map(String::from),
        1 => vec(select(HOSTILE), 2..4).prop_map(|parts| parts.concat()),
        2 => any::<String>(),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:?}")),
    ]
}

/// Values that a key shows as they are.
pub(in crate::key) fn scalars() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![any::<u128>(), (0..400_u128)].prop_map(Value::Positive),
        prop_oneof![i128::MIN..0, (-400..0_i128)].prop_map(Value::Negative),
        prop_oneof![any::<f64>(), (-9_i8..9).prop_map(f64::from)].prop_map(|float| {
            let float = if float.is_nan() { f64::NAN } else { float + 0.0 };
            Value::Float(float.to_bits())
        }),
        texts().prop_map(Value::Text),
        names().prop_map(Value::UnitVariant),
    ];
    (scalar, prop_oneof![4 => Just(0), 1 => 1..4])
        .prop_map(|(scalar, somes)| (0..somes).fold(scalar, |value, _| Value::Some(Box::new(value))))
}

pub(in crate::key) fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => scalars(),
        1 => Just(Value::Unit),
        1 => vec(any::<u8>(), 0..4).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let all = vec(inner.clone(), 0..4);
        let fields = vec((names(), inner.clone()), 0..4).boxed();
        prop_oneof![
            inner.clone().prop_map(|value| Value::Some(Box::new(value))),
            all.clone().prop_map(Value::Sequence),
            all.clone().prop_map(Value::Tuple),
            all.clone().prop_map(Value::Set),
            vec((inner.clone(), inner.clone()), 0..4).prop_map(Value::Map),
            fields.clone().prop_map(Value::Struct),
            (names(), inner).prop_map(|(name, value)| Value::NewtypeVariant(name, Box::new(value))),
            (names(), all).prop_map(|(name, values)| Value::TupleVariant(name, values)),
            (names(), fields).prop_map(|(name, fields)| Value::StructVariant(name, fields)),
        ]
    })
}
