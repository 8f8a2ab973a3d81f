//! The entries that an invalidation names by a call.

use syn::{Expr, ExprCall, ExprMethodCall};

use crate::model::companion::companion_ident;

/// Turns the call of a cached function into the call of its companion: `f(a)` into `f_key(a)`.
///
/// # Errors
///
/// Fails on what is no call of a function that has a name.
pub(crate) fn companion_call(call: Expr) -> syn::Result<Expr> {
    match call {
        Expr::MethodCall(call) => {
            let method = companion_ident(&call.method);
            Ok(Expr::MethodCall(ExprMethodCall { method, ..call }))
        }
        Expr::Call(ExprCall { attrs, func, paren_token, args }) => match *func {
            Expr::Path(mut path) => {
                if let Some(last) = path.path.segments.last_mut() {
                    last.ident = companion_ident(&last.ident);
                }
                Ok(Expr::Call(ExprCall { attrs, func: Box::new(Expr::Path(path)), paren_token, args }))
            }
            other => Err(no_call(&other)),
        },
        other => Err(no_call(&other)),
    }
}

fn no_call(expr: &Expr) -> syn::Error {
    let message = "this is no call of a cached function; write for example `entry(get_menu_items(restaurant_id, 1))` \
                   or `entry(self.items(page))`, without `.await`";
    syn::Error::new_spanned(expr, message)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_str;

    use super::*;

    #[track_caller]
    fn check(call: &str, expected: Option<&str>) {
        let companion = companion_call(parse_str(call).expect("the case is an expression"));
        let expected = expected.map(|text| parse_str::<Expr>(text).expect("it is one too").to_token_stream());
        assert_eq!(
            companion.ok().map(|call| call.to_token_stream().to_string()),
            expected.map(|tokens| tokens.to_string())
        );
    }

    #[test]
    fn names_the_companion() {
        check("f(a, b)", Some("f_key(a, b)"));
        check("r#type(a)", Some("type_key(a)"));
        check("menu::f::<T>(a)", Some("menu::f_key::<T>(a)"));
        check("Self::f(a)", Some("Self::f_key(a)"));
        check("self.f(a)", Some("self.f_key(a)"));
        check("self.shop.f::<T>(a)", Some("self.shop.f_key::<T>(a)"));
    }

    #[test]
    fn refuses_what_is_no_call() {
        for case in ["f", "self.f", "f(a).await", "f!(a)", "(self.f)(a)"] {
            check(case, None);
        }
    }
}
