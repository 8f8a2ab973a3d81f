//! What `#[invalidate]` makes of a function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::expand::tag::tags;
use crate::expand::value::{reference, shape};
use crate::expand::wrap::{Call, wrap};
use crate::model::invalidate::{Group, Invalidate, Kind, On};
use crate::model::who::Who;

/// Emits the function.
pub(crate) fn expand(invalidate: &Invalidate) -> TokenStream {
    let plan = Ident::new("plan", Span::mixed_site());
    let done = done(invalidate);
    let call = Call {
        root: &invalidate.root,
        before: before(invalidate, &plan),
        function: "invalidated",
        arguments: quote!(#plan, #done),
    };
    wrap(&invalidate.function, &call)
}

fn before(invalidate: &Invalidate, plan: &Ident) -> TokenStream {
    let (root, entries, name) = (&invalidate.root, &invalidate.entries, invalidate.function.name());
    let cache = invalidate.cache.as_ref().map(reference).map(|cache| quote!(.cache(#cache)));
    let group = invalidate.group.as_ref().map(|it| group(root, it));
    let tags = tags(root, &invalidate.tags);
    quote! {
        let #plan = #root::__private::Plan::new(#name) #cache #group #tags #(.entry(#entries))*;
    }
}

fn group(root: &Path, group: &Group) -> TokenStream {
    let (tenant, user) = (who(root, &group.tenant), who(root, &group.user));
    match &group.kind {
        Some(Kind::Path(path)) => quote!(.group_of(#path, #tenant, #user)),
        Some(Kind::Literal(name)) => quote!(.group(::core::option::Option::Some(#name), #tenant, #user)),
        None => quote!(.group(::core::option::Option::None, #tenant, #user)),
    }
}

fn who(root: &Path, who: &Who) -> TokenStream {
    match who {
        Who::Anyone => quote!(#root::__private::Who::Anyone),
        Who::Context => quote!(#root::__private::Who::Context),
        Who::Argument(expr) => {
            let value = reference(expr);
            quote!(#root::__private::Who::is(#value))
        }
    }
}

/// The closure that decides whether a result invalidates.
fn done(invalidate: &Invalidate) -> TokenStream {
    match &invalidate.on {
        On::Always => quote!(|_| true),
        On::Closure(closure) => quote!(#closure),
        On::Ok => {
            let root = &invalidate.root;
            let shape = shape(root, &invalidate.function.value);
            let result = Ident::new("result", Span::mixed_site());
            quote!(|#result| #root::__private::Success::succeeded(&#shape, #result))
        }
    }
}
