//! The arguments that say what a key consists of.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprBinary, ExprCast, ExprLit, Lit, Type};

use crate::parse::argument::{Argument, Value, ungrouped};
use crate::parse::value;

#[derive(Default)]
pub(crate) struct Keying {
    pub(crate) skip: Option<(Ident, Vec<Ident>)>,
    pub(crate) skip_all: Option<Ident>,
    pub(crate) key: Option<(Ident, Vec<KeyPart>)>,
    /// What is keyed but never shown: parameters, or parts of `key(…)`.
    pub(crate) hashed: Vec<Expr>,
    pub(crate) key_fn: Option<bool>,
}

/// `a`, `b.id` or `expr as name` in `key(…)`.
pub(crate) struct KeyPart {
    pub(crate) expr: Expr,
    pub(crate) name: Option<Ident>,
}

impl Keying {
    pub(crate) const NAMES: &[&str] = &["skip", "skip_all", "key", "hashed", "key_fn"];

    /// Takes an argument that has one of the [names](Self::NAMES).
    pub(crate) fn take(&mut self, argument: Argument) -> syn::Result<()> {
        let name = argument.name.clone();
        match argument.text().as_str() {
            "skip" => {
                self.skip = Some((name, value::words(&argument, "the names of parameters", "skip(db)")?));
            }
            "skip_all" => self.skip_all = Some(value::flag(argument)?),
            "key" => self.key = Some((name, key(&argument)?)),
            "hashed" => self.hashed = value::list(&argument, "the names of parameters", "hashed(token)")?,
            "key_fn" => self.key_fn = Some(key_fn(&argument)?),
            name => unreachable!("`{name}` is none of the arguments about keys"),
        }
        Ok(())
    }
}

fn key(argument: &Argument) -> syn::Result<Vec<KeyPart>> {
    let takes = "what the key consists of (for a function that has one value, `skip_all`)";
    value::list(argument, takes, "key(a, b.id, expression as name)")
}

fn key_fn(argument: &Argument) -> syn::Result<bool> {
    match &argument.value {
        Value::None => Ok(true),
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Bool(on), .. })) => Ok(on.value),
        _ => Err(value::wrong(argument, "no value or a `bool`", "key_fn` or `key_fn = false")),
    }
}

impl Parse for KeyPart {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (expr, name) = split_name(ungrouped(input.parse()?));
        Ok(Self { expr, name })
    }
}

/// Takes `as name` off the end. A cast binds tighter than any other operator, so that in `a + b as name` it
/// hangs on `b`.
fn split_name(expr: Expr) -> (Expr, Option<Ident>) {
    match expr {
        Expr::Cast(cast) => match name_of(&cast) {
            Some(name) => (*cast.expr, Some(name)),
            None => (Expr::Cast(cast), None),
        },
        Expr::Binary(binary) => {
            let (right, name) = split_name(*binary.right);
            (Expr::Binary(ExprBinary { right: Box::new(right), ..binary }), name)
        }
        other => (other, None),
    }
}

fn name_of(cast: &ExprCast) -> Option<Ident> {
    match &*cast.ty {
        Type::Path(path) if path.qself.is_none() => path.path.get_ident().map(Ident::unraw),
        _ => None,
    }
}
