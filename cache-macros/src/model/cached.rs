//! A cached function.

use proc_macro2::Span;
use syn::{Expr, Path, Type, parse_quote};

use crate::diagnostics::collector::Diagnostics;
use crate::model::companion::Companion;
use crate::model::function::Function;
use crate::model::generics::{Own, own};
use crate::model::keyed::{Keyed, keyed};
use crate::model::parameter::{Parameter, Parameters};
use crate::model::result::bare;
use crate::model::tag::Tags;
use crate::model::who::Who;
use crate::parse;
use crate::parse::cached::Tiers;
use crate::parse::duration::Duration;
use crate::parse::shared::TypeName;

const ATTRIBUTE: &str = "#[cached]";

pub(crate) struct Cached {
    pub(crate) function: Function,
    /// Where the runtime is, `::cache_core`.
    pub(crate) root: Path,
    pub(crate) declared: Declared,
    pub(crate) identity: Identity,
    pub(crate) tags: Tags,
    pub(crate) cache: Option<Expr>,
    pub(crate) companion: Option<Companion>,
}

/// What is known about the function before it is called.
pub(crate) struct Declared {
    /// The readable name in keys.
    pub(crate) name: String,
    /// The type's name; the function's where the type is a path, which names it at each call.
    pub(crate) type_name: String,
    pub(crate) version: Option<u32>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) tiers: Option<Tiers>,
    pub(crate) strict: bool,
    pub(crate) max_wait: Option<u64>,
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
        self.declared.tiers == Some(Tiers { memory: true, redis: false })
    }
}

/// Checks a function and its arguments.
pub(crate) fn model(
    mut arguments: parse::cached::Cached,
    function: parse::function::Function,
    diagnostics: &mut Diagnostics,
) -> Cached {
    let function = Function::new(ATTRIBUTE, function, diagnostics);
    check_value(&function, diagnostics);
    check_tiers(&arguments, diagnostics);
    let parameters = Parameters::new(&function.sig);
    let keyed = keyed(&mut arguments, &parameters, diagnostics);
    let (in_key, others): (Vec<_>, Vec<_>) = parameters
        .others
        .iter()
        .partition(|parameter| keyed.iter().any(|keyed| parameter.is_used_by(&keyed.expr)));
    let own = own(&function.sig.generics, &in_key, &others, &function.value);

    let declared = declared(&mut arguments, function.name());
    let parse::shared::Shared { kind, tenant, user, tags, cache, root } = arguments.shared;
    let identity = Identity {
        kind: path(kind, &function, diagnostics),
        tenant: Who::new(tenant, diagnostics),
        user: Who::new(user, diagnostics),
        keyed,
        own,
    };
    let companion = arguments.key_fn.unwrap_or(parameters.receiver.is_none());
    Cached {
        companion: companion.then(|| companion_of(&function, &identity, &parameters)),
        tags: Tags::new(tags, &parameters, diagnostics),
        root: root.unwrap_or_else(default_root),
        function,
        declared,
        identity,
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

fn declared(arguments: &mut parse::cached::Cached, function: String) -> Declared {
    let name = arguments.name.as_ref().map_or_else(|| function.clone(), syn::LitStr::value);
    let type_name = match &arguments.shared.kind {
        Some(TypeName::Literal(literal)) => literal.value(),
        Some(TypeName::Path(_)) => function,
        None => name.clone(),
    };
    Declared {
        name,
        type_name,
        version: arguments.version,
        ttl: arguments.ttl.take(),
        tiers: arguments.tiers.as_ref().map(|(_, tiers)| *tiers),
        strict: arguments.strict.is_some(),
        max_wait: arguments.max_wait,
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

fn check_tiers(arguments: &parse::cached::Cached, diagnostics: &mut Diagnostics) {
    let in_memory = Tiers { memory: true, redis: false };
    if let (Some(strict), Some((_, tiers))) = (&arguments.strict, &arguments.tiers)
        && *tiers == in_memory
    {
        let message = "`strict` reads from Redis, which `tiers(memory)` leaves out; remove one of the two";
        diagnostics.at(strict.span(), message);
    }
}

/// Checks that there is a value, and that it can be kept.
fn check_value(function: &Function, diagnostics: &mut Diagnostics) {
    match bare(&function.value) {
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            let message = "`#[cached]` needs a value to keep, and this function returns none; remove the attribute or \
                           return something";
            diagnostics.at(value_span(function), message);
        }
        Type::Never(never) => {
            diagnostics.on(never, "`#[cached]` needs a value to keep, and this function never returns")
        }
        Type::Reference(reference) => {
            let message = format!(
                "a cached value owns its data; return {} instead of a reference",
                owned(&reference.elem)
            );
            diagnostics.on(&function.value, message);
        }
        _ if !function.is_nameable() => {
            let message =
                "a cached value has a type that can be written down; return that type instead of `impl …`";
            diagnostics.on(&function.value, message);
        }
        _ => {}
    }
}

fn value_span(function: &Function) -> Span {
    match &function.sig.output {
        syn::ReturnType::Default => function.sig.ident.span(),
        syn::ReturnType::Type(_, ty) => syn::spanned::Spanned::span(ty),
    }
}

fn owned(referent: &Type) -> String {
    match bare(referent) {
        Type::Slice(_) => "a `Vec`".to_owned(),
        Type::Path(path) => match path.path.get_ident() {
            Some(ident) if ident == "str" => "`String`".to_owned(),
            Some(ident) => format!("`{ident}` or `Arc<{ident}>`"),
            None => "the value or an `Arc` of it".to_owned(),
        },
        _ => "the value or an `Arc` of it".to_owned(),
    }
}
