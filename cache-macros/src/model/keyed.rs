//! What an entry's key consists of.

use std::collections::HashSet;

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit, Member, Receiver, ReceiverKind, parse_quote};

use crate::diagnostics::collector::Diagnostics;
use crate::model::parameter::{Parameter, Parameters, is_mutable_reference};
use crate::parse::keying::{KeyPart, Keying};

/// One argument in the key.
pub(crate) struct Keyed {
    pub(crate) name: String,
    pub(crate) expr: Expr,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// As it is.
    Shown,
    /// As it is, unless its type says that it is never part of a key.
    ByType,
    /// As a keyed hash.
    Hashed,
}

/// Decides what is keyed, and reports what is neither keyed nor skipped. Of `incomplete` arguments some could not
/// be read, so that nothing can be said about what is missing.
pub(crate) fn keyed(
    keying: Keying,
    mut incomplete: bool,
    parameters: &Parameters,
    diagnostics: &mut Diagnostics,
) -> Vec<Keyed> {
    conflicts(&keying, diagnostics);
    let Keying { skip, skip_all, key, hashed, .. } = keying;
    let mut keyed = if let Some((_, parts)) = key {
        chosen(parts, parameters, diagnostics)
    } else if skip_all.is_some() {
        Vec::new()
    } else {
        let names = skip.map_or_else(Vec::new, |(_, names)| names);
        let skipped = skipped(names, &mut incomplete, parameters, diagnostics);
        if !incomplete {
            unsaid(&skipped, parameters, diagnostics);
        }
        parameters.others.iter().flat_map(|parameter| every(parameter, &skipped, diagnostics)).collect()
    };
    for expr in &hashed {
        diagnostics.ok(hash(expr, &mut keyed, parameters));
    }
    keyed
}

fn conflicts(keying: &Keying, diagnostics: &mut Diagnostics) {
    let skip = keying.skip.as_ref().map(|(name, _)| name);
    let key = keying.key.as_ref().map(|(name, _)| name);
    match (skip, &keying.skip_all, key) {
        (Some(skip), _, Some(_)) => {
            diagnostics.at(skip.span(), "`key(…)` already says everything that is keyed; remove `skip`");
        }
        (_, Some(skip_all), Some(_)) => {
            diagnostics
                .at(skip_all.span(), "`key(…)` already says everything that is keyed; remove `skip_all`");
        }
        (Some(skip), Some(_), None) => {
            diagnostics.at(skip.span(), "`skip_all` already skips every parameter; remove `skip`");
        }
        _ => {}
    }
}

fn skipped(
    names: Vec<Ident>,
    incomplete: &mut bool,
    parameters: &Parameters,
    diagnostics: &mut Diagnostics,
) -> HashSet<Ident> {
    let mut skipped = HashSet::new();
    for name in names {
        let Some(variable) = parameters.find(&name) else {
            diagnostics.at(name.span(), parameters.unknown(&name));
            *incomplete = true;
            continue;
        };
        if !skipped.insert(variable) {
            diagnostics.at(name.span(), format!("`{name}` is skipped twice; remove one of the two"));
        }
    }
    skipped
}

/// Reports what has to be keyed or skipped in words.
fn unsaid(skipped: &HashSet<Ident>, parameters: &Parameters, diagnostics: &mut Diagnostics) {
    if let Some(receiver) = &parameters.receiver
        && !skipped.iter().any(|name| name == "self")
    {
        let message = if is_written_to(receiver) {
            WRITTEN_TO
        } else {
            "say whether `self` is part of the key: write `skip(self)` if the result doesn't depend on it, else \
             `key(self.id, …)` with everything it depends on"
        };
        diagnostics.on(receiver.self_token, message);
    }
    for span in parameters.others.iter().filter_map(Parameter::unnamed) {
        let message = "a parameter without a name can't be part of the key; name it, for example `_unused`, and write \
                       `skip(_unused)`";
        diagnostics.at(span, message);
    }
}

const WRITTEN_TO: &str = "`self` is written to, which a hit would leave out; take `&self`, or write `skip(self)` if \
                          nobody needs what is written";

fn is_written_to(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
        ReceiverKind::Typed(_, ty) => is_mutable_reference(ty),
        _ => false,
    }
}

/// Every variable of a parameter that is not skipped.
fn every(parameter: &Parameter, skipped: &HashSet<Ident>, diagnostics: &mut Diagnostics) -> Vec<Keyed> {
    let names: Vec<_> = parameter.bindings.iter().filter(|binding| !skipped.contains(binding)).collect();
    if let Some(first) = names.first() {
        check_reference(parameter, first, diagnostics);
    }
    names.into_iter().map(|name| variable(name, parameter)).collect()
}

/// Marks what is only shown as a hash.
fn hash(expr: &Expr, keyed: &mut [Keyed], parameters: &Parameters) -> syn::Result<()> {
    let error = |message: String| Err(syn::Error::new_spanned(expr, message));
    let Some((root, name)) = chain(expr) else {
        return error("`hashed` takes the names of what is keyed; write `hashed(token)`".to_owned());
    };
    match keyed.iter_mut().find(|keyed| keyed.name == name) {
        Some(keyed) if keyed.how == How::Hashed => {
            error(format!("`{name}` is hashed twice; remove one of the two"))
        }
        Some(keyed) => {
            keyed.how = How::Hashed;
            Ok(())
        }
        None if parameters.find(root).is_none() => {
            Err(syn::Error::new(root.span(), parameters.unknown(root)))
        }
        None => error(format!(
            "`{name}` is not part of the key, so that there is nothing to hash; remove it here, or key it"
        )),
    }
}

fn variable(name: &Ident, parameter: &Parameter) -> Keyed {
    Keyed {
        name: name.unraw().to_string(),
        expr: parse_quote!(#name),
        cfgs: parameter.cfgs().cloned().collect(),
        how: if parameter.is_surely_keyed() { How::Shown } else { How::ByType },
    }
}

fn check_reference(parameter: &Parameter, name: &Ident, diagnostics: &mut Diagnostics) {
    if parameter.is_mutable_reference() {
        let message = format!(
            "`{name}` is written to, which a hit would leave out; take it by value or by `&`, or write \
             `skip({name})` if nobody needs what is written"
        );
        diagnostics.on(&parameter.typed, message);
    }
}

/// The parts of `key(…)`.
fn chosen(parts: Vec<KeyPart>, parameters: &Parameters, diagnostics: &mut Diagnostics) -> Vec<Keyed> {
    let mut names = HashSet::new();
    let mut keyed = Vec::new();
    for part in parts {
        let Some(part) = diagnostics.ok(named(&part, parameters)) else { continue };
        if !names.insert(part.name.clone()) {
            let message = format!("the key has two parts named `{}`; write `… as name` on one", part.name);
            diagnostics.on(&part.expr, message);
        }
        if let Some((parameter, name)) = whole(&part.expr, parameters) {
            check_reference(parameter, name, diagnostics);
        }
        if part.name == "self" && parameters.receiver.as_ref().is_some_and(is_written_to) {
            diagnostics.on(&part.expr, WRITTEN_TO);
        }
        keyed.push(part);
    }
    keyed
}

/// Whether a part is a key as other caches have it, which is put together as a text.
fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => true,
        Expr::Macro(call) => call.mac.path.segments.last().is_some_and(|last| last.ident == "format"),
        _ => false,
    }
}

fn named(part: &KeyPart, parameters: &Parameters) -> syn::Result<Keyed> {
    let (name, root) = match (&part.name, chain(&part.expr)) {
        (Some(name), _) => (name.to_string(), None),
        (None, Some((root, text))) => (text, Some(root)),
        (None, None) => {
            let message = if is_text(&part.expr) {
                "a key consists of values and not of a text; write what the text would be made of, as in \
                 `key(restaurant_id, account.id)`"
            } else {
                "this part of the key needs a name; write `… as name`, as in `account.id() as account`"
            };
            return Err(syn::Error::new_spanned(&part.expr, message));
        }
    };
    if let Some(root) = root.filter(|root| parameters.find(root).is_none()) {
        return Err(syn::Error::new(root.span(), parameters.unknown(root)));
    }
    let parameter = parameters.others.iter().find(|parameter| parameter.is_used_by(&part.expr));
    let cfgs = parameter.into_iter().flat_map(Parameter::cfgs).cloned().collect();
    Ok(Keyed { name, expr: part.expr.clone(), cfgs, how: How::Shown })
}

/// The variable at the root of a chain of fields, and the chain as it is shown in keys.
fn chain(expr: &Expr) -> Option<(&Ident, String)> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => {
            let root = path.path.get_ident()?;
            Some((root, root.unraw().to_string()))
        }
        Expr::Field(field) => {
            let (root, text) = chain(&field.base)?;
            match &field.member {
                Member::Named(name) => Some((root, format!("{text}.{}", name.unraw()))),
                Member::Unnamed(index) => Some((root, format!("{text}.{}", index.index))),
            }
        }
        _ => None,
    }
}

/// The parameter that an expression is as a whole.
fn whole<'a>(expr: &Expr, parameters: &'a Parameters) -> Option<(&'a Parameter, &'a Ident)> {
    let Expr::Path(path) = expr else { return None };
    let name = path.path.get_ident()?;
    parameters.others.iter().find_map(|parameter| {
        parameter.bindings.iter().find(|binding| *binding == name).map(|binding| (parameter, binding))
    })
}
