//! Expressions and types of the user's in generated code.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

/// Generated code that a message of the compiler shall show at the user's code.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// Shows generated tokens at a type of the user's, all at one place so that rustc reports each problem once.
/// Names keep their meaning.
pub(crate) fn shown_at(ty: &Type, generated: TokenStream) -> TokenStream {
    let place = ty.span();
    let moved = generated.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}

/// A reference to the value of an expression; a type that does not fit is shown at the expression.
pub(crate) fn reference(expr: &syn::Expr) -> TokenStream {
    let span = at(expr.span());
    match expr {
        syn::Expr::Path(_) | syn::Expr::Field(_) => quote_spanned!(span=> &#expr),
        _ => quote_spanned!(span=> &(#expr)),
    }
}

/// Tokens whose outermost braces, if any, count as generated: where they end up, a lint may find them
/// superfluous.
pub(crate) fn generated_braces(tokens: &impl ToTokens) -> TokenStream {
    let moved = tokens.to_token_stream().into_iter().map(|token| match token {
        TokenTree::Group(mut group) if group.delimiter() == Delimiter::Brace => {
            group.set_span(at(group.span()));
            group.into()
        }
        other => other,
    });
    moved.collect()
}

/// A reference to the value of an expression that names a tenant or a user.
pub(crate) fn who(root: &Path, expr: &syn::Expr) -> TokenStream {
    let value = reference(expr);
    quote_spanned!(at(expr.span())=> #root::__private::demand::who(&#value))
}

/// How a function's value is taken apart and put together: chosen by its type, so that it works through
/// aliases. The many references are tried from the outside in, and the first that fits wins.
///
/// The value's type is named outside of the scope of the traits, so that the user's names mean what they mean
/// to the user.
pub(crate) fn shape(root: &Path, value: &Type) -> TokenStream {
    let returns = Ident::new("returns", Span::mixed_site());
    let shape = quote! {{
        let #returns = #root::__private::Returns::<#value>::new();
        {
            #[allow(clippy::wildcard_imports)]
            use #root::__private::shape::*;
            (&&&&&&&&#returns).shape()
        }
    }};
    shown_at(value, shape)
}
