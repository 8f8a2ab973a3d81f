//! The arguments that both attributes have.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr, Path, PathArguments};

use crate::parse::argument::{Argument, Value};
use crate::parse::value;

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) kind: Option<TypeName>,
    pub(crate) tenant: WhoArguments,
    pub(crate) user: WhoArguments,
    pub(crate) tags: Option<TagArguments>,
    pub(crate) cache: Option<Expr>,
    pub(crate) root: Option<Path>,
}

/// `type = "menu"` or `type = Kind::Menu`.
pub(crate) enum TypeName {
    Literal(LitStr),
    Path(Path),
}

/// `tenant_aware` and `tenant = expr`, or the same for the user.
#[derive(Default)]
pub(crate) struct WhoArguments {
    pub(crate) aware: Option<Ident>,
    pub(crate) is: Option<(Ident, Expr)>,
}

/// `tags("a", "b")` or `tags = expr`.
pub(crate) enum TagArguments {
    Literals(Vec<LitStr>),
    Computed(Box<Expr>),
}

impl Shared {
    /// Takes an argument whose name the attribute's own arguments don't have.
    pub(crate) fn take(&mut self, argument: Argument) -> syn::Result<()> {
        match argument.text().as_str() {
            "type" => self.kind = Some(kind(&argument)?),
            "tenant_aware" => self.tenant.aware = Some(value::flag(argument)?),
            "user_aware" => self.user.aware = Some(value::flag(argument)?),
            "tenant" => self.tenant.is = Some(who(argument, "tenant = restaurant_id")?),
            "user" => self.user.is = Some(who(argument, "user = account.id")?),
            "tags" => self.tags = Some(tags(argument)?),
            "cache" => self.cache = Some(value::expression(argument, "cache = self.cache")?),
            "crate" => self.root = Some(value::path(&argument, "crate = ::cache_core")?),
            name => unreachable!("the vocabulary has no argument {name}"),
        }
        Ok(())
    }
}

fn who(argument: Argument, example: &str) -> syn::Result<(Ident, Expr)> {
    Ok((argument.name.clone(), value::expression(argument, example)?))
}

fn kind(argument: &Argument) -> syn::Result<TypeName> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) => {
            value::text(argument, "type = \"menu\"").map(TypeName::Literal)
        }
        Value::Is(Expr::Path(expr)) if expr.qself.is_none() && is_plain(&expr.path) => path(&expr.path),
        Value::Is(Expr::Path(_)) => {
            let takes = "a path without generics and `Self`, since it names one type for the whole program";
            Err(value::wrong(argument, takes, "type = Kind::Menu"))
        }
        _ => Err(value::wrong(argument, "a text or a path", "type = \"menu\"` or `type = Kind::Menu")),
    }
}

/// What a path names is a constant or a variant, so that one lower-case word is a text without its quotes.
fn path(path: &Path) -> syn::Result<TypeName> {
    match path.get_ident().map(|word| word.unraw().to_string()) {
        Some(word) if word.starts_with(char::is_lowercase) => {
            let message = format!("`type` takes a text or the path of a type; write `type = \"{word}\"`");
            Err(syn::Error::new_spanned(path, message))
        }
        _ => Ok(TypeName::Path(path.clone())),
    }
}

fn is_plain(path: &Path) -> bool {
    path.segments
        .iter()
        .all(|segment| segment.ident != "Self" && matches!(segment.arguments, PathArguments::None))
}

fn tags(argument: Argument) -> syn::Result<TagArguments> {
    let (takes, example) =
        ("texts", "tags(\"item:{item_id}\")` or, where they are computed, `tags = expression");
    if let Value::Is(expr) = &argument.value {
        return match one_text(expr) {
            Some(message) => Err(syn::Error::new_spanned(expr, message)),
            None => Ok(TagArguments::Computed(Box::new(expr.clone()))),
        };
    }
    match value::list(&argument, takes, example) {
        Ok(texts) => Ok(TagArguments::Literals(texts)),
        Err(_) => Err(value::wrong(&argument, takes, example)),
    }
}

/// What is wrong with `tags = …` if that is surely a single text.
fn one_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            Some(format!("`tags = …` takes several; write `tags({:?})`", text.value()))
        }
        Expr::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "format") => {
            let message = "`tags = …` takes several, and placeholders need no `format!`; write `tags(\"item:{item_id}\")`";
            Some(message.to_owned())
        }
        _ => None,
    }
}
