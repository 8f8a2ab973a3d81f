#![doc = include_str!("docs/crate.md")]

// The stages, in their order: tokens become syntax, syntax a checked model, the model tokens.
mod attribute;
mod diagnostics;
mod expand;
mod model;
mod parse;

use proc_macro::TokenStream;

#[doc = include_str!("docs/cached.md")]
#[proc_macro_attribute]
pub fn cached(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::cached(arguments.into(), item.into()).into()
}

#[doc = include_str!("docs/invalidate.md")]
#[proc_macro_attribute]
pub fn invalidate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::invalidate(arguments.into(), item.into()).into()
}
