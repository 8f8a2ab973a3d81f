//! How values are kept, and who looks at them first.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, Token};

use crate::expand::value::{at, shown_at};
use crate::model::cached::Cached;

/// Emits whether values are encoded, with the closures over a value that was loaded. A type that can't be encoded
/// is shown where it is returned.
pub(crate) fn kind(cached: &Cached, shape: &Ident) -> TokenStream {
    let (root, value, judges) = (&cached.root, &cached.function.value, &cached.judges);
    let kind = if cached.is_in_memory() { quote!(InMemory) } else { quote!(Encoded) };
    let kind = quote!(#root::__private::#kind);
    if judges.is_empty() {
        return shown_at(value, kind);
    }
    // Without it a closure's parameter would have no type.
    let judge = |closure: &Expr, wanted: TokenStream| {
        let span = at(closure.span());
        let closure = if cached.background.is_some() { moving(closure) } else { quote!(#closure) };
        quote_spanned! {span=> {
            let said = #root::__private::judge::<#value, _, _, _>(&#shape, #closure);
            #root::__private::judge::<#value, _, _, _>(&#shape, move |value| {
                #root::__private::wanted::<#wanted, _>(said(value))
            })
        }}
    };
    let ttl_from = judges.ttl_from.as_ref().map(|(_, closure)| judge(closure, quote!(#root::__private::Ttl)));
    let ttl_from = ttl_from.map(|it| quote!(.ttl_from(#it)));
    let weight = judges.weight.as_ref().map(|closure| judge(closure, quote!(::core::primitive::usize)));
    let weight = weight.map(|it| quote!(.weight(#it)));
    let unless = judges.unless.as_ref().map(|closure| judge(closure, quote!(::core::primitive::bool)));
    let unless = unless.map(|it| quote!(.unless(#it)));
    shown_at(value, quote!(#root::__private::With::new(#kind) #ttl_from #weight #unless))
}

/// A closure that goes with a task, which can't borrow.
fn moving(closure: &Expr) -> TokenStream {
    match closure {
        Expr::Closure(closure) => {
            let capture = closure.capture.or_else(|| Some(Token![move](closure.inputs_begin.span())));
            ExprClosure { capture, ..closure.clone() }.to_token_stream()
        }
        function => function.to_token_stream(),
    }
}
