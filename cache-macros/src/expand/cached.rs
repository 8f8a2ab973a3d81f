//! What `#[cached]` makes of a function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::expand::call::call;
use crate::expand::companion::companion;
use crate::expand::declared::declared;
use crate::expand::tag::tags;
use crate::expand::value::{reference, shape, shown_at};
use crate::expand::wrap::{Call, wrap};
use crate::model::cached::Cached;
use crate::parse::duration::Duration;

/// Emits the function and its companion.
pub(crate) fn expand(cached: &Cached) -> TokenStream {
    let variable = Ident::new("call", Span::mixed_site());
    let shape = shape(&cached.root, &cached.function.value);
    let kind = kind(cached);
    let call = Call {
        root: &cached.root,
        before: before(cached, &variable),
        function: "cached",
        arguments: quote!(&mut #variable, #shape, #kind),
    };
    let function = wrap(&cached.function, &call);
    let companion = cached.companion.as_ref().map(|it| companion(cached, it));
    quote!(#function #companion)
}

/// The call, with what matters for running it but not for its key.
fn before(cached: &Cached, variable: &Ident) -> TokenStream {
    let declared = declared(cached);
    let extras = extras(cached);
    let pattern = if extras.is_empty() { quote!(mut #variable) } else { quote!(#variable) };
    let call = call(&cached.root, &cached.identity, variable, &pattern);
    let extended = (!extras.is_empty()).then(|| quote!(let mut #variable = #variable #extras;));
    quote!(#declared #call #extended)
}

fn extras(cached: &Cached) -> TokenStream {
    let cache = cached.cache.as_ref().map(reference).map(|cache| quote!(.cache(#cache)));
    let ttl = match &cached.declared.ttl {
        Some(Duration::Computed(expr)) => Some(quote!(.ttl(#expr))),
        _ => None,
    };
    let tags = tags(&cached.root, &cached.tags);
    quote!(#cache #ttl #tags)
}

/// Whether values are encoded; a type that can't be is shown where it is returned.
fn kind(cached: &Cached) -> TokenStream {
    let root = &cached.root;
    let kind = if cached.is_in_memory() { quote!(InMemory) } else { quote!(Encoded) };
    shown_at(&cached.function.value, quote!(#root::__private::#kind))
}
