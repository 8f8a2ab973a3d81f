#![doc = include_str!("docs/crate.md")]

// The stages, in their order: tokens become syntax, syntax a checked model, the model tokens.
mod attribute;
mod derive;
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

#[doc = include_str!("docs/cache_type.md")]
#[proc_macro_derive(CacheType, attributes(cache))]
pub fn cache_type(item: TokenStream) -> TokenStream {
    derive::cache_type(item.into()).into()
}

#[doc = include_str!("docs/cache_ttl.md")]
#[proc_macro_derive(CacheTtl, attributes(cache, ttl))]
pub fn cache_ttl(item: TokenStream) -> TokenStream {
    derive::cache_ttl(item.into()).into()
}
