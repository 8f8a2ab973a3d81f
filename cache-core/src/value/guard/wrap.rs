//! The wrapper: it goes around the deserializer, and around everything that serde hands on from there.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::value::guard::budget::{Budget, Place};

/// Something of serde's, guarded: a deserializer, a visitor, a seed, or access to what a value contains.
#[derive(Debug)]
pub(in crate::value) struct Guard<'b, X> {
    inner: X,
    place: Place<'b>,
}

impl<'b, X> Guard<'b, X> {
    /// Guards a whole value; `inner` is its seed.
    pub(in crate::value) fn top(inner: X, budget: &'b Budget) -> Self {
        Self { inner, place: Place::top(budget) }
    }

    /// The same guard around something else.
    #[inline]
    fn on<Y>(&self, inner: Y) -> Guard<'b, Y> {
        Guard { inner, place: self.place }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Guard<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let deserializer = self.on(deserializer);
        self.inner.deserialize(deserializer)
    }
}

macro_rules! deserialize {
    ($($method:ident($($name:ident: $type:ty),*) => $forwarded:ident;)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            let visitor = self.on(visitor);
            self.inner.$forwarded($($name,)* visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Guard<'_, D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any() => deserialize_any;
        deserialize_bool() => deserialize_bool;
        deserialize_i8() => deserialize_i8;
        deserialize_i16() => deserialize_i16;
        deserialize_i32() => deserialize_i32;
        deserialize_i64() => deserialize_i64;
        deserialize_i128() => deserialize_i128;
        deserialize_u8() => deserialize_u8;
        deserialize_u16() => deserialize_u16;
        deserialize_u32() => deserialize_u32;
        deserialize_u64() => deserialize_u64;
        deserialize_u128() => deserialize_u128;
        deserialize_f32() => deserialize_f32;
        deserialize_f64() => deserialize_f64;
        deserialize_char() => deserialize_char;
        deserialize_str() => deserialize_str;
        // A codec that reads from a slice lends what it is asked to lend, after it has compared the claimed
        // length with the slice. Asked to own it, bincode allocates what the input claims and reads then.
        deserialize_string() => deserialize_str;
        deserialize_bytes() => deserialize_bytes;
        deserialize_byte_buf() => deserialize_bytes;
        deserialize_option() => deserialize_option;
        deserialize_unit() => deserialize_unit;
        deserialize_unit_struct(name: &'static str) => deserialize_unit_struct;
        deserialize_newtype_struct(name: &'static str) => deserialize_newtype_struct;
        deserialize_seq() => deserialize_seq;
        deserialize_tuple(len: usize) => deserialize_tuple;
        deserialize_tuple_struct(name: &'static str, len: usize) => deserialize_tuple_struct;
        deserialize_map() => deserialize_map;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) => deserialize_struct;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) => deserialize_enum;
        deserialize_identifier() => deserialize_identifier;
        deserialize_ignored_any() => deserialize_ignored_any;
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident($($value:ident: $type:ty)?);)*) => {$(
        #[inline]
        fn $method<E: Error>(self, $($value: $type)?) -> Result<V::Value, E> {
            self.inner.$method($($value)?)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Guard<'_, V> {
    type Value = V::Value;

    visit! {
        visit_bool(value: bool);
        visit_i8(value: i8);
        visit_i16(value: i16);
        visit_i32(value: i32);
        visit_i64(value: i64);
        visit_i128(value: i128);
        visit_u8(value: u8);
        visit_u16(value: u16);
        visit_u32(value: u32);
        visit_u64(value: u64);
        visit_u128(value: u128);
        visit_f32(value: f32);
        visit_f64(value: f64);
        visit_char(value: char);
        visit_str(value: &str);
        visit_borrowed_str(value: &'de str);
        visit_string(value: String);
        visit_bytes(value: &[u8]);
        visit_borrowed_bytes(value: &'de [u8]);
        visit_byte_buf(value: Vec<u8>);
        visit_none();
        visit_unit();
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_some<D: Deserializer<'de>>(self, content: D) -> Result<V::Value, D::Error> {
        let place = self.place.deeper()?;
        self.inner.visit_some(Guard { inner: content, place })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, content: D) -> Result<V::Value, D::Error> {
        let place = self.place.deeper()?;
        self.inner.visit_newtype_struct(Guard { inner: content, place })
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        let place = self.place.deeper()?;
        self.inner.visit_seq(Guard { inner: elements, place })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        let place = self.place.deeper()?;
        self.inner.visit_map(Guard { inner: entries, place })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        let variant = self.on(variant);
        self.inner.visit_enum(variant)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Guard<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.place.charge()?;
        let seed = self.on(seed);
        self.inner.next_element_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.place.ahead(self.inner.size_hint())
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Guard<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.place.charge()?;
        let seed = self.on(seed);
        self.inner.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let seed = self.on(seed);
        self.inner.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.place.ahead(self.inner.size_hint())
    }
}

impl<'b, 'de, A: EnumAccess<'de>> EnumAccess<'de> for Guard<'b, A> {
    type Error = A::Error;
    type Variant = Guard<'b, A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant), A::Error> {
        let Self { inner, place } = self;
        let (tag, content) = inner.variant_seed(Guard { inner: seed, place: place.deeper()? })?;
        Ok((tag, Guard { inner: content, place }))
    }
}

// The fields of a tuple or struct variant count their level when they are visited as a sequence or a map.
impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Guard<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        let place = self.place.deeper()?;
        self.inner.newtype_variant_seed(Guard { inner: seed, place })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let visitor = self.on(visitor);
        self.inner.tuple_variant(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.on(visitor);
        self.inner.struct_variant(fields, visitor)
    }
}
