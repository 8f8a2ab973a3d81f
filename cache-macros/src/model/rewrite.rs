//! Tokens with some words changed, for what can't be said by wrapping alone.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// A body in which the receiver has another name, since `self` can't be bound anew. Paths that begin with `self`
/// stay, and so do the `impl`s and traits inside, where it is another one.
pub(crate) fn with_receiver(tokens: TokenStream, name: &str) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut inner_item = false;
    let mut output = TokenStream::new();
    while let Some(token) = tokens.next() {
        let token = match token {
            TokenTree::Ident(ident) if ident == "self" && !begins_path(tokens.peek()) => {
                Ident::new(name, ident.span()).into()
            }
            TokenTree::Ident(ident) => {
                inner_item |= ident == "impl" || ident == "trait";
                ident.into()
            }
            TokenTree::Group(group) if inner_item => {
                inner_item = group.delimiter() != Delimiter::Brace;
                group.into()
            }
            TokenTree::Group(group) => inside(&group, |tokens| with_receiver(tokens, name)),
            other => other,
        };
        output.extend([token]);
    }
    output
}

fn begins_path(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Punct(it)) if it.as_char() == ':' && it.spacing() == Spacing::Joint)
}

/// A pattern whose variables are not mutable.
pub(crate) fn without_mut(tokens: TokenStream) -> TokenStream {
    let is_mut = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "mut");
    let kept = tokens.into_iter().filter(|token| !is_mut(token)).map(|token| match token {
        TokenTree::Group(group) => inside(&group, without_mut),
        other => other,
    });
    kept.collect()
}

/// A type that borrows nothing.
pub(crate) fn without_lifetimes(ty: &Type) -> Type {
    syn::parse2(all_static(ty.to_token_stream())).expect("a type with other lifetimes is a type")
}

fn all_static(tokens: TokenStream) -> TokenStream {
    let mut lifetime = false;
    let tokens = tokens.into_iter().map(|token| {
        let is_apostrophe = matches!(&token, TokenTree::Punct(it) if it.as_char() == '\'');
        match token {
            TokenTree::Ident(ident) if std::mem::replace(&mut lifetime, is_apostrophe) => {
                Ident::new("static", ident.span()).into()
            }
            TokenTree::Group(group) => inside(&group, all_static),
            other => {
                lifetime = is_apostrophe;
                other
            }
        }
    });
    tokens.collect()
}

fn inside(group: &Group, change: impl FnOnce(TokenStream) -> TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), change(group.stream()));
    changed.set_span(group.span());
    changed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect("the case consists of tokens")
    }

    #[track_caller]
    fn check_receiver(body: &str, expected: &str) {
        assert_eq!(with_receiver(tokens(body), "__self").to_string(), tokens(expected).to_string());
    }

    #[test]
    fn renames_the_receiver_alone() {
        check_receiver("self.id + f(self, [self])", "__self.id + f(__self, [__self])");
        check_receiver("self::f(Self::g(&self))", "self::f(Self::g(&__self))");
        check_receiver("vec![self.id]", "vec![__self.id]");
        check_receiver(
            "impl A for B { fn f(self) { self } } self",
            "impl A for B { fn f(self) { self } } __self",
        );
        check_receiver(
            "trait A: Fn(self) { fn f(self); } { self }",
            "trait A: Fn(self) { fn f(self); } { __self }",
        );
        check_receiver("|x| match x { self::A => self }", "|x| match x { self::A => __self }");
    }

    #[test]
    fn a_future_of_a_task_borrows_nothing() {
        let ty = |text| syn::parse_str::<Type>(text).expect("the case is a type");
        let changed = without_lifetimes(&ty("Pin<Box<dyn Future<Output = P<'_>> + Send + 'a>>"));
        let expected = ty("Pin<Box<dyn Future<Output = P<'static>> + Send + 'static>>");
        assert_eq!(changed.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }

    #[test]
    fn patterns_lose_their_mut() {
        let changed = without_mut(tokens("(mut a, P { mut b, c: [mut d, ..] })"));
        assert_eq!(changed.to_string(), tokens("(a, P { b, c: [d, ..] })").to_string());
    }
}
