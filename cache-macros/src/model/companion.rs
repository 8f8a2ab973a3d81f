//! The function beside a cached function that returns the key of a call.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::Generics;
use syn::ext::IdentExt;

use crate::model::generics::{Own, needed};
use crate::model::parameter::{Parameter, Parameters};

/// The companion's signature.
pub(crate) struct Companion {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) has_receiver: bool,
    pub(crate) inputs: Vec<TokenStream>,
}

impl Companion {
    /// A companion that takes these parameters of its function.
    pub(crate) fn new(
        function: &Ident,
        generics: &Generics,
        own: &[Own],
        parameters: &Parameters,
        taken: &[&Parameter],
    ) -> Self {
        Self {
            ident: companion_ident(function),
            generics: needed(generics, own, taken),
            has_receiver: parameters.receiver.is_some(),
            inputs: taken.iter().map(|parameter| parameter.plain()).collect(),
        }
    }
}

/// The name of a function's companion, where the function's name stands.
pub(crate) fn companion_ident(function: &Ident) -> Ident {
    format_ident!("{}_key", function.unraw(), span = function.span())
}
