//! Values with parts whose order counts: sequences, tuples, structs and the variants like them.

use serde::ser::{
    Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};

use crate::key::encode::encoder::Encoder;
use crate::key::encode::failure::Failure;
use crate::key::encode::format::END;

/// A value whose parts are being written; the tag that it began with says what it is.
#[derive(Debug)]
pub(super) struct Compound<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
}

impl<'a, 'b> Compound<'a, 'b> {
    pub(super) fn new(encoder: &'a mut Encoder<'b>, tag: u8) -> Self {
        encoder.out.push(tag);
        Self { encoder }
    }

    pub(super) fn variant(encoder: &'a mut Encoder<'b>, tag: u8, name: &str) -> Self {
        encoder.variant(tag, name);
        Self { encoder }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.encoder.value(value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Failure> {
        let start = self.encoder.out.len();
        self.encoder.text(name);
        self.encoder.value(value).inspect_err(|_| self.encoder.out.truncate(start))
    }

    fn finish(self) -> Result<(), Failure> {
        self.encoder.out.push(END);
        Ok(())
    }
}

macro_rules! elements {
    ($($serialize:ident :: $method:ident),+) => {$(
        impl $serialize for Compound<'_, '_> {
            type Ok = ();
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.element(value)
            }

            fn end(self) -> Result<(), Failure> {
                self.finish()
            }
        }
    )+};
}

macro_rules! fields {
    ($($serialize:ident),+) => {$(
        impl $serialize for Compound<'_, '_> {
            type Ok = ();
            type Error = Failure;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Failure> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Failure> {
                self.finish()
            }
        }
    )+};
}

elements! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
}

fields!(SerializeStruct, SerializeStructVariant);
