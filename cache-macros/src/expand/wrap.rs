//! Putting a function's body into a call of the runtime.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::expand::value::{at, generated_braces, shown_at};
use crate::model::background::{Background, Clone};
use crate::model::function::Function;
use crate::model::result::Shape;

/// The call that a body becomes the last argument of.
pub(crate) struct Call<'a> {
    pub(crate) root: &'a Path,
    /// What runs before it, with references to the parameters.
    pub(crate) before: TokenStream,
    /// The runtime's function for futures; the one for plain functions has `_sync` at its end.
    pub(crate) function: &'static str,
    /// The arguments before the body.
    pub(crate) arguments: TokenStream,
    /// What each load gets a clone of, where the runtime may load several times.
    pub(crate) background: Option<&'a Background>,
}

/// Emits the function with its body wrapped.
pub(crate) fn wrap(function: &Function, call: &Call<'_>) -> TokenStream {
    let Function { attrs, vis, sig, .. } = function;
    let body = body(function, call);
    quote!(#(#attrs)* #vis #sig { #body })
}

fn body(function: &Function, call: &Call<'_>) -> TokenStream {
    match &function.shape {
        Shape::Async => awaited(function, call, &direct(function)),
        Shape::Sync => synchronous(function, call),
        Shape::Boxed(ty) => {
            let inner = awaited(function, call, &through(function, Some(quote!(#ty))));
            quote!(::std::boxed::Box::pin(async move { #inner }))
        }
        Shape::Opaque => {
            let inner = awaited(function, call, &through(function, None));
            quote!(async move { #inner })
        }
    }
}

/// The whole call is shown at the value's type: that is what has to fit the runtime's bounds.
fn awaited(function: &Function, call: &Call<'_>, future: &TokenStream) -> TokenStream {
    let Call { root, before, arguments, .. } = call;
    let run = Ident::new(call.function, Span::call_site());
    let load = match call.background {
        None => quote!(async move { #future }),
        Some(background) => {
            let clones = clones(root, background);
            quote!(move || { #clones async move { #future } })
        }
    };
    let run = quote!(#root::__private::#run(#arguments, #load).await);
    let run = shown_at(&function.value, run);
    quote!(#before #run)
}

fn synchronous(function: &Function, call: &Call<'_>) -> TokenStream {
    let Call { root, before, arguments, .. } = call;
    let run = Ident::new(&format!("{}_sync", call.function), Span::call_site());
    let (body, value) = (block(function), &function.value);
    let output = function.is_nameable().then(|| quote!(-> #value));
    let load = match call.background {
        None => quote!(move || #output #body),
        Some(background) => {
            let clones = clones(root, background);
            quote!(move || #output { #clones #body })
        }
    };
    let run = quote!(#root::__private::#run(#arguments, #load));
    let run = shown_at(&function.value, run);
    quote!(#before #run)
}

fn clones(root: &Path, background: &Background) -> TokenStream {
    let clones = background.clones.iter().map(|Clone { from, to, mutable, cfgs }| {
        let mutable = mutable.then(|| quote!(mut));
        let clone = quote_spanned!(at(from.span())=> #root::__private::demand::cloned(&#from));
        // A parameter may well be there for the key or a closure alone.
        quote!(#(#cfgs)* #[allow(unused_variables)] let #mutable #to = #clone;)
    });
    clones.collect()
}

/// The body of an `async fn`. A return that never happens tells the block's type, as the signature does
/// otherwise, so that `?` and coercions work as before.
fn direct(function: &Function) -> TokenStream {
    let (body, value) = (block(function), &function.value);
    if !function.is_nameable() {
        return quote!(#body);
    }
    let returned = Ident::new("returned", Span::mixed_site());
    let none =
        quote_spanned!(at(syn::spanned::Spanned::span(value))=> ::core::option::Option::None::<#value>);
    quote! {
        #[allow(unreachable_code, clippy::diverging_sub_expression)]
        if let ::core::option::Option::Some(#returned) = #none {
            return #returned;
        }
        #body
    }
}

/// The body of a plain function that returns a future: it runs in a closure, where `return` means the same. One
/// that is known to run once may hand out what it reborrows, as a function may.
fn through(function: &Function, ty: Option<TokenStream>) -> TokenStream {
    let body = block(function);
    let output = ty.map(|ty| quote!(-> #ty));
    quote! {
        fn __once<R>(body: impl ::core::ops::FnOnce() -> R) -> R {
            body()
        }
        __once(move || #output #body).await
    }
}

fn block(function: &Function) -> TokenStream {
    generated_braces(&function.body)
}
