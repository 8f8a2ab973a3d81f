//! The way of an attribute through the stages.

use proc_macro2::TokenStream;

use crate::diagnostics::collector::Diagnostics;
use crate::expand::fallback::fallback;
use crate::{expand, model, parse};

pub(crate) fn cached(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let checked = check_cached(arguments, item.clone());
    checked.map_or_else(|errors| fallback(&item, &errors), |model| expand::cached::expand(&model))
}

pub(crate) fn invalidate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let checked = check_invalidate(arguments, item.clone());
    checked.map_or_else(|errors| fallback(&item, &errors), |model| expand::invalidate::expand(&model))
}

fn check_cached(arguments: TokenStream, item: TokenStream) -> syn::Result<model::cached::Cached> {
    let mut diagnostics = Diagnostics::new();
    let arguments = parse::cached::parse(arguments, &mut diagnostics);
    let function = diagnostics.ok(parse::function::parse("#[cached]", item));
    let model = function.map(|function| model::cached::model(arguments, function, &mut diagnostics));
    diagnostics.finish(model)
}

fn check_invalidate(arguments: TokenStream, item: TokenStream) -> syn::Result<model::invalidate::Invalidate> {
    let mut diagnostics = Diagnostics::new();
    let arguments = parse::invalidate::parse(arguments, &mut diagnostics);
    let function = diagnostics.ok(parse::function::parse("#[invalidate]", item));
    let model = function.map(|function| model::invalidate::model(arguments, function, &mut diagnostics));
    diagnostics.finish(model)
}

#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
