//! What `hashed` keeps out of sight must not come to light elsewhere.

use proc_macro2::Ident;
use syn::Expr;

use crate::diagnostics::collector::Diagnostics;
use crate::model::cached::Identity;
use crate::model::keyed::{How, Keyed};
use crate::model::mention::uses;
use crate::model::tag::{Piece, Tags};
use crate::model::who::Who;

/// Reports tags, tenants and users that would show a hashed parameter, since they stand in keys as they are.
pub(crate) fn check(identity: &Identity, tags: &Tags, diagnostics: &mut Diagnostics) {
    let hashed: Vec<_> = identity.keyed.iter().filter(|keyed| keyed.how == How::Hashed).collect();
    let is_hashed = |name: &Ident| hashed.iter().any(|keyed| is_variable(keyed, name));
    if let Tags::Templates(templates) = tags {
        for template in templates {
            let shown = template.pieces.iter().find_map(|piece| match piece {
                Piece::Value { variable, fields } if fields.is_empty() && is_hashed(variable) => {
                    Some(variable)
                }
                _ => None,
            });
            if let Some(name) = shown {
                diagnostics.at(template.span, message(name, "this tag"));
            }
        }
    }
    for (who, what) in [(&identity.tenant, "the tenant"), (&identity.user, "the user")] {
        if let Who::Argument(expr) = who
            && let Some(name) =
                hashed.iter().find_map(|keyed| variable(keyed).filter(|name| uses(expr, name)))
        {
            diagnostics.on(expr, message(name, what));
        }
    }
}

fn message(name: &Ident, place: &str) -> String {
    format!(
        "`hashed({name})` keeps `{name}` out of keys and logs, and {place} would show it; use something else here"
    )
}

fn is_variable(keyed: &Keyed, name: &Ident) -> bool {
    variable(keyed).is_some_and(|variable| variable == name)
}

fn variable(keyed: &Keyed) -> Option<&Ident> {
    match &keyed.expr {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}
