//! Whether what is set is about anything in this program.

use crate::cache::rung::{FunctionName, Name, Rung};
use crate::error::{Error, ErrorKind};
use crate::registry::{self, nearest};

/// A type is known if it is declared, or a function is cached with it, or the cache has met it.
pub(crate) fn check_type<'a>(name: &str, met: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let known = registry::type_names();
    let all = known.iter().copied().chain(met);
    known_among("type", name, all.collect())
}

/// A function is known by its readable name, its path or an end of it.
pub(crate) fn check_function(name: &str) -> Result<(), Error> {
    let functions: Vec<_> = registry::cached_names().map(FunctionName::from).collect();
    let exact = Name::Exact(name.to_owned());
    if functions.iter().any(|function| function.is_called(&exact)) {
        return Ok(());
    }
    known_among("cached function", name, functions.iter().flat_map(|it| [it.name, it.ident]).collect())
}

/// Says which names of a rung are about nothing. They may be about another program with the same settings, and so are
/// no error.
pub(crate) fn warn_unknown(rung: &Rung) {
    let (types, functions) = (registry::type_names(), registry::cached_names().map(FunctionName::from));
    let functions: Vec<_> = functions.collect();
    for name in rung.type_names().filter(|name| !types.iter().any(|it| name.is(it))) {
        warn("type", name, types.clone());
    }
    for name in rung.function_names().filter(|name| !functions.iter().any(|it| it.is_called(name))) {
        warn("cached function", name, functions.iter().flat_map(|it| [it.name, it.ident]).collect());
    }
}

fn warn(what: &str, name: &Name, known: Vec<&str>) {
    let name = match name {
        Name::Exact(name) => name.clone(),
        Name::Variable(name) => name.to_lowercase(),
    };
    if let Err(error) = known_among(what, &name, known) {
        tracing::warn!(target: "cache", name, %error, "what is set for it changes nothing here");
    }
}

fn known_among(what: &str, name: &str, known: Vec<&str>) -> Result<(), Error> {
    // Where the linker can't tell what there is, everything may be.
    if known.is_empty() || known.contains(&name) {
        return Ok(());
    }
    let hint = nearest(name, known).map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
    Err(Error::new(ErrorKind::Config, format!("this program has no {what} `{name}`{hint}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused_with_the_nearest() {
        let error =
            |name| known_among("type", name, vec!["menu", "orders"]).map_err(|error| error.to_string());
        assert_eq!(error("menu"), Ok(()));
        assert_eq!(error("menus"), Err("this program has no type `menus`; did you mean `menu`?".to_owned()));
        assert_eq!(error("dishes"), Err("this program has no type `dishes`".to_owned()));
        assert!(known_among("type", "menu", Vec::new()).is_ok(), "nothing is known at all");
    }
}
