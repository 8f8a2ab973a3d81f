//! What `#[cached]` makes of a function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::expand::call::call;
use crate::expand::companion::companion;
use crate::expand::declared::declared;
use crate::expand::kind::kind;
use crate::expand::registered;
use crate::expand::tag::{Use, tags};
use crate::expand::value::{at, reference, shape};
use crate::expand::wrap::{Call, wrap};
use crate::model::cached::Cached;
use crate::parse::duration::Duration;

/// Emits the function and its companion.
pub(crate) fn expand(cached: &Cached) -> TokenStream {
    let root = &cached.root;
    let [variable, returns] = ["call", "shape"].map(|name| Ident::new(name, Span::mixed_site()));
    let (before, shape, kind) =
        (before(cached, &variable), shape(root, &cached.function.value), kind(cached, &returns));
    let call = Call {
        root,
        before: quote!(#before let #returns = #shape;),
        function: if cached.background.is_some() { "cached_background" } else { "cached" },
        arguments: quote!(&mut #variable, #returns, #kind),
        background: cached.background.as_ref(),
    };
    let function = wrap(&cached.function, &call);
    let companion = cached.companion.as_ref().map(|it| companion(cached, it));
    quote!(#function #companion)
}

/// The call, with what matters for running it but not for its key.
fn before(cached: &Cached, variable: &Ident) -> TokenStream {
    let declared = declared(cached);
    let registered = registered::cached(cached);
    let hint = hint(cached);
    let call = call(&cached.root, &cached.identity, variable);
    let extras = extras(cached, variable);
    quote!(#declared #registered #hint #call #extras)
}

fn extras(cached: &Cached, call: &Ident) -> TokenStream {
    let cache = cached.cache.as_ref().map(reference).map(|cache| quote!(#call.cache(#cache);));
    let ttl = match &cached.declared.ttl {
        Some((_, Duration::Computed(expr))) => Some(quote!(#call.ttl(#expr);)),
        _ => None,
    };
    let tags = tags(&cached.root, &cached.tags, Use::Read(call));
    let when = cached.when.as_ref().map(|when| quote!(#call.when(#when);));
    quote!(#cache #ttl #tags #when)
}

/// What says more than the traits could about a value that they will refuse.
fn hint(cached: &Cached) -> Option<TokenStream> {
    let (root, ty) = (&cached.root, cached.unsized_arc.as_ref()?);
    let span = at(syn::spanned::Spanned::span(ty));
    Some(quote::quote_spanned!(span=> #root::__private::demand::arc_of_unsized::<#ty>();))
}
