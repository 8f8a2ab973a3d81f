//! One argument of an attribute: `name`, `name = expression` or `name(list)`.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token, token};

use crate::diagnostics::collector::Diagnostics;

pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    None,
    Is(Expr),
    /// The list with its parentheses.
    List(Group),
}

impl Argument {
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = &self.name;
        tokens.extend(match &self.value {
            Value::None => quote!(#name),
            Value::Is(expr) => quote!(#name = #expr),
            Value::List(list) => quote!(#name #list),
        });
    }
}

/// Splits an attribute's tokens into arguments, of which there is an example. What can't be read is reported and left out.
pub(crate) fn arguments(tokens: TokenStream, example: &str, diagnostics: &mut Diagnostics) -> Vec<Argument> {
    let all = |input: ParseStream<'_>| Ok(all(input, example, diagnostics));
    all.parse2(tokens).expect("every token is either read or skipped")
}

fn all(input: ParseStream<'_>, example: &str, diagnostics: &mut Diagnostics) -> Vec<Argument> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        arguments.extend(diagnostics.ok(argument(input, example)));
        if !input.is_empty() && !input.peek(Token![,]) {
            diagnostics.at(input.span(), "expected `,`, which separates arguments");
        }
        skip_past_comma(input);
    }
    arguments
}

fn argument(input: ParseStream<'_>, example: &str) -> syn::Result<Argument> {
    if !input.peek(Ident::peek_any) {
        let error = input.error(format!("an argument begins with its name, as in `{example}`"));
        skip_to_comma(input);
        return Err(error);
    }
    let name = input.call(Ident::parse_any)?;
    match value(&name, input) {
        Ok(value) => Ok(Argument { name, value }),
        Err(error) => {
            skip_to_comma(input);
            Err(error)
        }
    }
}

fn value(name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(Token![:]) {
        return Err(input.error(format!("the value of an argument stands behind `=`; write `{name} = …`")));
    }
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(equals.span, "expected a value after `=`"));
        }
        Ok(Value::Is(ungrouped(input.parse()?)))
    } else if input.peek(token::Paren) {
        input.parse().map(Value::List)
    } else {
        Ok(Value::None)
    }
}

/// Takes off the invisible group around what a `macro_rules!` passed as `$x:expr`.
pub(crate) fn ungrouped(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

fn skip_past_comma(input: ParseStream<'_>) {
    skip_to_comma(input);
    if !input.is_empty() {
        input.parse::<Token![,]>().expect("it was just seen");
    }
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>().expect("some token is left");
    }
}
