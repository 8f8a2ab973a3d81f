//! A cached function.

use proc_macro2::Ident;
use syn::{Expr, Path, Type, parse_quote};

use crate::diagnostics::collector::Diagnostics;
use crate::model::background::{Background, background};
use crate::model::companion::Companion;
use crate::model::function::Function;
use crate::model::generics::{Own, own};
use crate::model::keyed::{Keyed, keyed};
use crate::model::parameter::{Parameter, Parameters};
use crate::model::tag::Tags;
use crate::model::who::Who;
use crate::model::{secret, value};
use crate::parse;
use crate::parse::cached::Judges;
use crate::parse::declared::{Declared, Tiers};
use crate::parse::shared::{Shared, TypeName};

const ATTRIBUTE: &str = "#[cached]";

pub(crate) struct Cached {
    pub(crate) function: Function,
    /// Where the runtime is, `::cache_core`.
    pub(crate) root: Path,
    /// The readable name in keys.
    pub(crate) name: String,
    /// The type's name; the function's where the type is a path, which names it at each call.
    pub(crate) type_name: String,
    pub(crate) declared: Declared,
    pub(crate) identity: Identity,
    pub(crate) tags: Tags,
    pub(crate) when: Option<Expr>,
    pub(crate) judges: Judges,
    pub(crate) cache: Option<Expr>,
    pub(crate) background: Option<Background>,
    /// The `Arc` of something without a size that would have to be encoded.
    pub(crate) unsized_arc: Option<Type>,
    pub(crate) companion: Option<Companion>,
}

/// What tells the function's entries from all others.
pub(crate) struct Identity {
    pub(crate) kind: Option<Path>,
    pub(crate) tenant: Who,
    pub(crate) user: Who,
    pub(crate) keyed: Vec<Keyed>,
    pub(crate) own: Vec<Own>,
}

impl Cached {
    /// Whether values live in this process alone, and so are never encoded.
    pub(crate) fn is_in_memory(&self) -> bool {
        is_in_memory(&self.declared)
    }
}

fn is_in_memory(declared: &Declared) -> bool {
    declared.tiers == Some(Tiers { memory: true, redis: false })
}

/// Checks a function and its arguments.
pub(crate) fn model(
    arguments: parse::cached::Cached,
    function: parse::function::Function,
    diagnostics: &mut Diagnostics,
) -> Cached {
    let parse::cached::Cached { shared, incomplete, declared, keying, judges, name, when } = arguments;
    let Shared { kind, tenant, user, tags, cache, root } = shared;
    let mut function = Function::new(ATTRIBUTE, function, diagnostics);
    let in_memory = is_in_memory(&declared);
    check_once(&function, diagnostics);
    value::check(&function, in_memory, diagnostics);
    check_declared(&declared, &judges, incomplete, &function.value, diagnostics);

    let parameters = Parameters::new(&function.sig);
    let companion = keying.key_fn.unwrap_or(parameters.receiver.is_none());
    let keyed = keyed(keying, incomplete, &parameters, diagnostics);
    let (in_key, others): (Vec<_>, Vec<_>) = parameters
        .others
        .iter()
        .partition(|parameter| keyed.iter().any(|keyed| parameter.is_used_by(&keyed.expr)));
    let own = own(&function.sig.generics, &in_key, &others, &function.value);

    let name = name.map_or_else(|| function.name(), |name| name.value());
    let type_name = type_name(kind.as_ref(), &function, &name);
    let kind = path(kind, &function, diagnostics);
    let (tenant, user) = (Who::new(tenant, diagnostics), Who::new(user, diagnostics));
    let identity = Identity { kind, tenant, user, keyed, own };
    let tags = Tags::new(tags, &parameters, diagnostics);
    secret::check(&identity, &tags, diagnostics);
    let background = declared.background.clone();
    Cached {
        companion: companion.then(|| companion_of(&function, &identity, &parameters)),
        background: background.map(|word| self::background(&word, &mut function, &parameters, diagnostics)),
        unsized_arc: value::unsized_arc(&function.value).filter(|_| !in_memory).cloned(),
        root: root.unwrap_or_else(default_root),
        name,
        type_name,
        function,
        declared,
        identity,
        tags,
        when,
        judges,
        cache,
    }
}

/// The crate that users depend on.
pub(crate) fn default_root() -> Path {
    parse_quote!(::cache_core)
}

/// The path of a type that is named by one.
pub(crate) fn path(
    kind: Option<TypeName>,
    function: &Function,
    diagnostics: &mut Diagnostics,
) -> Option<Path> {
    let Some(TypeName::Path(path)) = kind else { return None };
    let is_generic = |path: &Path| {
        let first = path.segments.first().map(|segment| &segment.ident);
        function.sig.generics.type_params().any(|param| Some(&param.ident) == first)
    };
    if is_generic(&path) {
        let message = "`type` takes a path without generics and `Self`, since it names one type for the whole program; \
                       write `type = Kind::Menu`";
        diagnostics.on(&path, message);
    }
    Some(path)
}

fn type_name(kind: Option<&TypeName>, function: &Function, name: &str) -> String {
    match kind {
        Some(TypeName::Literal(literal)) => literal.value(),
        Some(TypeName::Path(_)) => function.name(),
        None => name.to_owned(),
    }
}

fn companion_of(function: &Function, identity: &Identity, parameters: &Parameters) -> Companion {
    let keyed = identity.keyed.iter().map(|keyed| &keyed.expr);
    let needed: Vec<_> =
        keyed.chain(identity.tenant.expression()).chain(identity.user.expression()).collect();
    let is_taken = |parameter: &&Parameter| needed.iter().any(|expr| parameter.is_used_by(expr));
    let taken: Vec<_> = parameters.others.iter().filter(is_taken).collect();
    Companion::new(&function.sig.ident, &function.sig.generics, &identity.own, parameters, &taken)
}

/// The second of two attributes would make the same companion again.
fn check_once(function: &Function, diagnostics: &mut Diagnostics) {
    let is_cached = |path: &Path| {
        path.segments.last().is_some_and(|last| last.ident == "cached" && last.arguments.is_none())
    };
    for attr in function.attrs.iter().filter(|attr| is_cached(attr.path())) {
        diagnostics.on(attr.path(), "`#[cached]` is given twice; remove one of the two");
    }
}

/// Reports arguments that don't go together.
fn check_declared(
    declared: &Declared,
    judges: &Judges,
    incomplete: bool,
    value: &Type,
    diagnostics: &mut Diagnostics,
) {
    if let Some(strict) = declared.strict.as_ref().filter(|_| is_in_memory(declared)) {
        let message = "`strict` reads from Redis, which `tiers(memory)` leaves out; remove one of the two";
        diagnostics.at(strict.span(), message);
    }
    if let (Some(_), Some((ttl_from, _))) = (&declared.ttl, &judges.ttl_from) {
        let message = "`ttl_from` already says how long each value lives; remove it or `ttl`";
        diagnostics.at(ttl_from.span(), message);
    }
    if let Some(background) = &declared.background
        && declared.stale_while_revalidate.is_none()
        && !incomplete
    {
        let message = "`background` says who reloads an old value, and none is served; write \
                       `stale_while_revalidate(\"10m\", background)`";
        diagnostics.at(background.span(), message);
    }
    let about_none = [declared.cache_none.as_ref(), declared.negative_ttl.as_ref().map(|(name, _)| name)];
    for name in about_none.into_iter().flatten().filter(|_| value::has_no_none(value)) {
        let message = format!(
            "`{name}` is about `None`, which this function never returns; remove it, or return an `Option`"
        );
        diagnostics.at(Ident::span(name), message);
    }
}
