//! The enum or struct under a derive, with the attributes of its variants.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Fields, Generics, Ident, Item, Meta};

/// An enum, or a struct that counts as its only variant.
pub(crate) struct Enumeration {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The attributes of the enum; a struct's are those of its variant.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) variants: Vec<Variant>,
}

pub(crate) struct Variant {
    /// `None` in a struct, whose value is matched by `_`.
    pub(crate) ident: Option<Ident>,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) fields: Fields,
}

/// Reads the item under a derive.
///
/// # Errors
///
/// Fails on a union.
pub(crate) fn parse(derive: &str, item: TokenStream) -> syn::Result<Enumeration> {
    match syn::parse2(item)? {
        Item::Enum(item) => {
            let variants = item.variants.into_iter().map(|variant| Variant {
                ident: Some(variant.ident),
                attrs: variant.attrs,
                fields: variant.fields,
            });
            let variants = variants.collect();
            Ok(Enumeration { ident: item.ident, generics: item.generics, attrs: item.attrs, variants })
        }
        Item::Struct(item) => {
            let variant = Variant { ident: None, attrs: item.attrs, fields: item.fields };
            let (ident, generics) = (item.ident, item.generics);
            Ok(Enumeration { ident, generics, attrs: Vec::new(), variants: vec![variant] })
        }
        other => {
            let message = format!("`{derive}` goes on an enum, or on a struct without fields");
            Err(syn::Error::new_spanned(other, message))
        }
    }
}

/// The tokens in the attributes of one name, `#[cache(…)]`, as if they stood in one.
///
/// # Errors
///
/// Fails on one without a list.
pub(crate) fn lists(name: &str, attrs: &[Attribute], example: &str) -> syn::Result<TokenStream> {
    let mut tokens = Vec::<TokenTree>::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                let list = list.tokens.clone().into_iter();
                let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
                let comma = (!tokens.is_empty() && !tokens.last().is_some_and(ends)).then(|| quote!(,));
                tokens.extend(comma.into_iter().flatten().chain(list));
            }
            _ => {
                let message = format!("`{name}` takes a list; write `{example}`");
                return Err(syn::Error::new_spanned(attr, message));
            }
        }
    }
    Ok(tokens.into_iter().collect())
}
