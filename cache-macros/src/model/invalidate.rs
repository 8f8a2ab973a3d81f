//! A function that invalidates.

use proc_macro2::Span;
use syn::{Expr, Path};

use crate::diagnostics::collector::Diagnostics;
use crate::model::cached::{default_root, path};
use crate::model::entry::companion_call;
use crate::model::function::Function;
use crate::model::parameter::Parameters;
use crate::model::tag::Tags;
use crate::model::who::Who;
use crate::parse;
use crate::parse::invalidate::Wait;
use crate::parse::shared::{Shared, TypeName};

const ATTRIBUTE: &str = "#[invalidate]";

pub(crate) struct Invalidate {
    pub(crate) function: Function,
    /// Where the runtime is, `::cache_core`.
    pub(crate) root: Path,
    pub(crate) group: Option<Group>,
    pub(crate) tags: Tags,
    /// Calls of companions.
    pub(crate) entries: Vec<Expr>,
    /// The tags that only the result tells.
    pub(crate) late: Option<Expr>,
    pub(crate) on: On,
    pub(crate) wait: Wait,
    pub(crate) cache: Option<Expr>,
}

/// A type, narrowed to a tenant and a user; or without a type everything of theirs.
pub(crate) struct Group {
    pub(crate) kind: Option<Kind>,
    pub(crate) tenant: Who,
    pub(crate) user: Who,
}

pub(crate) enum Kind {
    Literal(String),
    Path(Path),
}

pub(crate) enum On {
    Always,
    Ok,
    Closure(Box<Expr>),
}

/// Checks a function and its arguments.
pub(crate) fn model(
    arguments: parse::invalidate::Invalidate,
    function: parse::function::Function,
    diagnostics: &mut Diagnostics,
) -> Invalidate {
    let function = Function::new(ATTRIBUTE, function, diagnostics);
    let parameters = Parameters::new(&function.sig);
    if !arguments.incomplete {
        check_target(&arguments, diagnostics);
        check_awareness(&arguments.shared, diagnostics);
        check_late(&arguments, diagnostics);
    }
    let Shared { kind, tenant, user, tags, cache, root } = arguments.shared;
    let entries = arguments.entry.into_iter().flat_map(|(_, calls)| calls);
    Invalidate {
        tags: Tags::new(tags, &parameters, diagnostics),
        entries: entries.filter_map(|call| diagnostics.ok(companion_call(call))).collect(),
        late: arguments.tags_from.map(|(_, closure)| closure),
        on: on(arguments.on, &function, diagnostics),
        wait: arguments.wait,
        group: Group::new(
            kind_of(kind, &function, diagnostics),
            Who::new(tenant, diagnostics),
            Who::new(user, diagnostics),
        ),
        root: root.unwrap_or_else(default_root),
        function,
        cache,
    }
}

impl Group {
    fn new(kind: Option<Kind>, tenant: Who, user: Who) -> Option<Self> {
        let is_empty = kind.is_none() && tenant.expression().is_none() && user.expression().is_none();
        (!is_empty).then_some(Self { kind, tenant, user })
    }
}

fn kind_of(kind: Option<TypeName>, function: &Function, diagnostics: &mut Diagnostics) -> Option<Kind> {
    match kind {
        Some(TypeName::Literal(literal)) => Some(Kind::Literal(literal.value())),
        kind => path(kind, function, diagnostics).map(Kind::Path),
    }
}

fn check_target(arguments: &parse::invalidate::Invalidate, diagnostics: &mut Diagnostics) {
    let Shared { kind, tenant, user, tags, .. } = &arguments.shared;
    let who = [tenant, user].into_iter().any(|who| who.aware.is_some() || who.is.is_some());
    let others = tags.is_some() || arguments.tags_from.is_some() || arguments.entry.is_some();
    if kind.is_none() && !others && !who {
        let message = "`#[invalidate]` needs something to invalidate; write `type = \"menu\"`, `tags(\"item:{item_id}\")`, \
                       `entry(get_menu_items(restaurant_id, 1))`, `tenant = …` or `user = …`";
        diagnostics.at(Span::call_site(), message);
    }
}

/// Reports awareness without a type: with an empty context it would widen from a tenant to everything.
fn check_awareness(shared: &Shared, diagnostics: &mut Diagnostics) {
    if shared.kind.is_some() {
        return;
    }
    for (who, name) in [(&shared.tenant, "tenant"), (&shared.user, "user")] {
        if let Some(aware) = &who.aware {
            let message = format!(
                "`{aware}` narrows a type, and there is none; write `type = \"menu\"` too, or `{name} = …` for \
                 everything of a {name}"
            );
            diagnostics.at(aware.span(), message);
        }
    }
}

fn check_late(arguments: &parse::invalidate::Invalidate, diagnostics: &mut Diagnostics) {
    if let (Some((name, _)), None) = (&arguments.tags_from, &arguments.shared.kind) {
        let message = "`tags_from` needs a result, and a call that is dropped has none; write `type = \"menu\"` too, \
                       which is then invalidated instead";
        diagnostics.at(name.span(), message);
    }
}

fn on(on: parse::invalidate::On, function: &Function, diagnostics: &mut Diagnostics) -> On {
    match on {
        parse::invalidate::On::Always => On::Always,
        parse::invalidate::On::Closure(closure) => On::Closure(closure),
        parse::invalidate::On::Ok(literal) => {
            if !function.is_nameable() {
                let message = "`on = \"ok\"` needs a result whose type can be written down; write a closure, \
                               `on = |result| result.is_ok()`";
                diagnostics.on(literal, message);
            }
            On::Ok
        }
    }
}
