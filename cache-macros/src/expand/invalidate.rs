//! What `#[invalidate]` makes of a function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, Pat, Path};

use crate::expand::registered;
use crate::expand::tag::{Use, tags};
use crate::expand::value::{self, generated_braces, reference, shape};
use crate::expand::wrap::{Call, wrap};
use crate::model::invalidate::{Group, Invalidate, Kind, On};
use crate::model::result::Shape;
use crate::model::who::Who;
use crate::parse::invalidate::Wait;

/// Emits the function.
pub(crate) fn expand(invalidate: &Invalidate) -> TokenStream {
    let plan = Ident::new("plan", Span::mixed_site());
    let (done, late) = (done(invalidate), late(invalidate));
    let call = Call {
        root: &invalidate.root,
        before: before(invalidate, &plan),
        function: function(invalidate),
        arguments: quote!(#plan, #done #late),
        background: None,
    };
    wrap(&invalidate.function, &call)
}

/// What is awaited after the function has returned makes the future `Send` only if what it returned is, so nothing is
/// where nothing is waited for.
fn function(invalidate: &Invalidate) -> &'static str {
    let waits = !matches!(invalidate.wait, Wait::No) || matches!(invalidate.function.shape, Shape::Sync);
    match (invalidate.late.is_some(), waits) {
        (false, true) => "invalidated",
        (false, false) => "invalidated_unwaited",
        (true, true) => "invalidated_late",
        (true, false) => "invalidated_late_unwaited",
    }
}

fn before(invalidate: &Invalidate, plan: &Ident) -> TokenStream {
    let (root, entries, name) = (&invalidate.root, &invalidate.entries, invalidate.function.name());
    let cache = invalidate.cache.as_ref().map(reference).map(|cache| quote!(.cache(#cache)));
    let group = invalidate.group.as_ref().map(|it| group(root, it));
    let tags = tags(root, &invalidate.tags, Use::Write);
    let wait = wait(root, invalidate.wait);
    let registered = registered::invalidates(invalidate);
    quote! {
        #registered
        let #plan = #root::__private::Plan::new(#name) #cache #group #tags #(.entry(#entries))* #wait;
    }
}

fn group(root: &Path, group: &Group) -> TokenStream {
    let (tenant, user) = (who(root, &group.tenant), who(root, &group.user));
    match &group.kind {
        Some(Kind::Path(path)) => {
            let kind = registered::named(root, path);
            quote!(.group_of(#kind, #tenant, #user))
        }
        Some(Kind::Literal(name)) => quote!(.group(::core::option::Option::Some(#name), #tenant, #user)),
        None => quote!(.group(::core::option::Option::None, #tenant, #user)),
    }
}

fn who(root: &Path, who: &Who) -> TokenStream {
    match who {
        Who::Anyone => quote!(#root::__private::Who::Anyone),
        Who::Context => quote!(#root::__private::Who::Context),
        Who::Argument(expr) => {
            let value = value::who(root, expr);
            quote!(#root::__private::Who::is(#value))
        }
    }
}

fn wait(root: &Path, wait: Wait) -> Option<TokenStream> {
    match wait {
        Wait::Ack => None,
        Wait::Global => Some(quote!(.wait(#root::__private::Wait::Global))),
        Wait::No => Some(quote!(.wait(#root::__private::Wait::No))),
    }
}

/// The closure that reads tags from a result. The body of the user's own is put into a typed one, in which the
/// tags may borrow from the result.
fn late(invalidate: &Invalidate) -> Option<TokenStream> {
    let root = &invalidate.root;
    let result = Ident::new("result", Span::mixed_site());
    let (moves, input, tags) = match invalidate.late.as_ref()? {
        Expr::Closure(closure) => {
            let (input, body) = (closure.inputs.first(), generated_braces(&closure.body));
            (closure.capture, typed(quote!(#input), matches!(input, Some(Pat::Type(_))), invalidate), body)
        }
        function => (None, typed(quote!(#result), false, invalidate), quote!(#function(#result))),
    };
    Some(
        quote!(, #moves |#input| -> ::std::vec::Vec<::std::string::String> { #root::__private::demand::tags(#tags) }),
    )
}

fn typed(pat: TokenStream, is_typed: bool, invalidate: &Invalidate) -> TokenStream {
    if is_typed || !invalidate.function.is_nameable() {
        return pat;
    }
    let value = &invalidate.function.value;
    quote!(#pat: &#value)
}

/// The closure that says what a result calls for.
fn done(invalidate: &Invalidate) -> TokenStream {
    let root = &invalidate.root;
    let result = Ident::new("result", Span::mixed_site());
    if !invalidate.function.is_nameable() {
        return match &invalidate.on {
            On::Closure(closure) => quote!(#closure),
            // It may hide a failure.
            On::Always | On::Ok => quote!(|_| #root::__private::Done::Uncertain),
        };
    }
    let shape = shape(root, &invalidate.function.value);
    let succeeded = quote!(#root::__private::Success::succeeded(&#shape, #result));
    match &invalidate.on {
        On::Always => quote!(|#result| #root::__private::Done::always(#succeeded)),
        On::Closure(closure) => {
            quote!(|#result| #root::__private::Done::when(#result, #closure, |#result| #succeeded))
        }
        On::Ok => quote!(|#result| #succeeded),
    }
}
