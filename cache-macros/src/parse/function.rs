//! The function under an attribute, with its body as it stands.

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitStr, Signature, Token, Visibility, braced, token};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// The block with its braces; nothing in it is looked at.
    pub(crate) body: Group,
}

/// Reads a function.
///
/// # Errors
///
/// Fails on an item that is no function, or one without a body.
pub(crate) fn parse(attribute: &str, item: TokenStream) -> syn::Result<Function> {
    (|input: ParseStream<'_>| function(attribute, input)).parse2(item)
}

fn function(attribute: &str, input: ParseStream<'_>) -> syn::Result<Function> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    if !is_function(input) {
        let advice = if input.peek(Token![impl]) || input.peek(Token![trait]) {
            "put it on the methods in here"
        } else {
            "this is none"
        };
        return Err(input.error(format!("`{attribute}` goes on a function or a method; {advice}")));
    }
    let sig: Signature = input.parse()?;
    if !input.peek(token::Brace) {
        let message = format!("`{attribute}` goes on a function with a body; move it to the implementation");
        return Err(syn::Error::new(sig.ident.span(), message));
    }
    let (inner, body) = body(input)?;
    attrs.extend(inner);
    Ok(Function { attrs, vis, sig, body })
}

fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while ahead.peek(Token![const]) || ahead.peek(Token![async]) || ahead.peek(Token![unsafe]) {
        skip(&ahead);
    }
    if ahead.peek(Token![extern]) {
        skip(&ahead);
        ahead.parse::<Option<LitStr>>().expect("an optional literal is always there");
    }
    ahead.peek(Token![fn])
}

fn skip(input: ParseStream<'_>) {
    input.parse::<proc_macro2::TokenTree>().expect("it was just seen");
}

/// Reads the body and takes the attributes at its beginning off, since its block will no longer be the
/// function's own.
fn body(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Group)> {
    let content;
    let brace = braced!(content in input);
    let mut attributes = content.call(Attribute::parse_inner)?;
    for attribute in &mut attributes {
        attribute.style = syn::AttrStyle::Outer;
    }
    let statements: TokenStream = content.parse()?;
    let mut body = Group::new(proc_macro2::Delimiter::Brace, quote!(#statements));
    body.set_span(brace.span.join());
    Ok((attributes, body))
}
