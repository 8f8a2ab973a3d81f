//! Which names occur in tokens and expressions.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Expr, ExprPath, Macro};

/// Whether a type or const parameter occurs in a type, a bound or a signature.
pub(crate) fn names(tokens: &impl ToTokens, name: &Ident) -> bool {
    any_ident(tokens.to_token_stream(), false, &mut |ident, lifetime| !lifetime && ident == name)
}

/// Whether a lifetime occurs; `name` is its name without the apostrophe.
pub(crate) fn lives(tokens: &impl ToTokens, name: &Ident) -> bool {
    any_ident(tokens.to_token_stream(), false, &mut |ident, lifetime| lifetime && ident == name)
}

fn any_ident(tokens: TokenStream, mut lifetime: bool, is: &mut impl FnMut(&Ident, bool) -> bool) -> bool {
    for token in tokens {
        let found = match &token {
            TokenTree::Ident(ident) => is(ident, lifetime),
            TokenTree::Group(group) => any_ident(group.stream(), false, is),
            _ => false,
        };
        if found {
            return true;
        }
        lifetime = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
    }
    false
}

/// Whether an expression uses a variable. Fields and methods of the same name don't count; a variable of an
/// inner scope does, which errs on the side of taking a parameter too many.
pub(crate) fn uses(expr: &Expr, variable: &Ident) -> bool {
    let mut finder = Finder { variable, found: false };
    finder.visit_expr(expr);
    finder.found
}

struct Finder<'a> {
    variable: &'a Ident,
    found: bool,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        self.found |= path.qself.is_none() && path.path.is_ident(self.variable);
        visit::visit_expr_path(self, path);
    }

    /// A macro's tokens may be anything: a name in them counts, and so does one in a format string.
    fn visit_macro(&mut self, node: &'ast Macro) {
        self.found |= names(&node.tokens, self.variable);
        let captured = format!("{{{}", self.variable.unraw());
        self.found |= literals(node.tokens.clone()).any(|text| text.contains(&captured));
    }
}

fn literals(tokens: TokenStream) -> Box<dyn Iterator<Item = String>> {
    Box::new(tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => literals(group.stream()),
        TokenTree::Literal(literal) => Box::new(std::iter::once(literal.to_string())),
        _ => Box::new(std::iter::empty()),
    }))
}

#[cfg(test)]
mod tests {
    use quote::format_ident;
    use syn::{Type, parse_str};

    use super::*;

    #[track_caller]
    fn check_uses(expr: &str, expected: bool) {
        let expr = parse_str(expr).expect("the case is an expression");
        assert_eq!(uses(&expr, &format_ident!("id")), expected);
    }

    #[test]
    fn finds_variables_but_not_fields() {
        check_uses("id", true);
        check_uses("id.0 + 1", true);
        check_uses("hash(&id)", true);
        check_uses("format!(\"{id}\")", true);
        check_uses("format!(\"{}\", id)", true);
        check_uses("account.id", false);
        check_uses("account.id()", false);
        check_uses("id::<u8>::X", false);
        check_uses("format!(\"id\")", false);
    }

    #[test]
    fn tells_lifetimes_from_types() {
        let ty: Type = parse_str("Foo<'a, [T; N]>").expect("the case is a type");
        assert!(names(&ty, &format_ident!("T")) && names(&ty, &format_ident!("N")));
        assert!(lives(&ty, &format_ident!("a")) && !names(&ty, &format_ident!("a")));
        assert!(!lives(&ty, &format_ident!("T")));
    }
}
