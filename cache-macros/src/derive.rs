//! The way of a derive through the stages.

use proc_macro2::TokenStream;

use crate::diagnostics::collector::Diagnostics;
use crate::parse::enumeration::{Enumeration, parse};
use crate::{expand, model};

pub(crate) fn cache_type(item: TokenStream) -> TokenStream {
    let checked = check("derive(CacheType)", item, model::cache_type::model);
    checked.map_or_else(|errors| errors.to_compile_error(), |model| expand::cache_type::expand(&model))
}

pub(crate) fn cache_ttl(item: TokenStream) -> TokenStream {
    let checked = check("derive(CacheTtl)", item, model::cache_ttl::model);
    checked.map_or_else(|errors| errors.to_compile_error(), |model| expand::cache_ttl::expand(&model))
}

fn check<M>(
    derive: &str,
    item: TokenStream,
    model: impl FnOnce(Enumeration, &mut Diagnostics) -> M,
) -> syn::Result<M> {
    let mut diagnostics = Diagnostics::new();
    let item = diagnostics.ok(parse(derive, item));
    let model = item.map(|item| model(item, &mut diagnostics));
    diagnostics.finish(model)
}

#[cfg(test)]
mod tests;
