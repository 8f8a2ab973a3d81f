//! One rung of the precedence: what one place outside of the code sets for types and functions.

use crate::cache::policy_settings::PolicySettings;

/// What one place sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rung {
    types: Vec<(Name, PolicySettings)>,
    functions: Vec<(Name, PolicySettings)>,
}

/// How a place names a type or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// As it is called.
    Exact(String),
    /// As part of an environment variable: in upper case, with `_` for what is neither a letter nor a digit.
    Variable(String),
}

/// A cached function, under all its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionName {
    /// The readable one.
    pub(crate) name: &'static str,
    pub(crate) ident: &'static str,
    pub(crate) module: &'static str,
}

impl Rung {
    pub(crate) fn new(
        types: impl IntoIterator<Item = (Name, PolicySettings)>,
        functions: impl IntoIterator<Item = (Name, PolicySettings)>,
    ) -> Self {
        Self { types: types.into_iter().collect(), functions: functions.into_iter().collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.types.is_empty() && self.functions.is_empty()
    }

    /// What is set for a type.
    pub(crate) fn of_type(&self, type_name: &str) -> PolicySettings {
        let set = self.types.iter().filter(|(name, _)| name.is(type_name));
        set.fold(PolicySettings::default(), |below, (_, above)| above.over(below))
    }

    /// What is set for a function of a type.
    pub(crate) fn of(&self, type_name: &str, function: &FunctionName) -> PolicySettings {
        let set = self.functions.iter().filter(|(name, _)| function.is_called(name));
        set.fold(self.of_type(type_name), |below, (_, above)| above.over(below))
    }

    /// Sets what holds for a type, in place of what was set for it before.
    pub(crate) fn set_type(&mut self, name: &str, settings: PolicySettings) {
        set(&mut self.types, name, settings);
    }

    /// Sets what holds for a function.
    pub(crate) fn set_function(&mut self, name: &str, settings: PolicySettings) {
        set(&mut self.functions, name, settings);
    }

    pub(crate) fn type_names(&self) -> impl Iterator<Item = &Name> {
        self.types.iter().map(|(name, _)| name)
    }

    pub(crate) fn function_names(&self) -> impl Iterator<Item = &Name> {
        self.functions.iter().map(|(name, _)| name)
    }
}

fn set(all: &mut Vec<(Name, PolicySettings)>, name: &str, settings: PolicySettings) {
    let name = Name::Exact(name.to_owned());
    all.retain(|(other, _)| *other != name);
    if settings != PolicySettings::default() {
        all.push((name, settings));
    }
}

impl Name {
    /// Whether this is a name of what is called so.
    pub(crate) fn is(&self, called: &str) -> bool {
        match self {
            Self::Exact(name) => name == called,
            Self::Variable(name) => name.chars().eq(called.chars().map(in_variable)),
        }
    }
}

/// A character of a name as it stands in a variable.
pub(crate) fn in_variable(character: char) -> char {
    if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' }
}

impl FunctionName {
    /// Whether this is a name of the function: its readable one, its path, or an end of its path.
    pub(crate) fn is_called(&self, name: &Name) -> bool {
        name.is(self.name) || self.paths().any(|path| name.is(&path))
    }

    /// Its path, and every end of it: `app::menu::get`, `menu::get`, `get`.
    fn paths(&self) -> impl Iterator<Item = String> {
        let starts = self.module.match_indices("::").map(|(at, _)| at + 2);
        let modules = std::iter::once(0).chain(starts).map(|start| &self.module[start..]);
        let paths =
            modules.filter(|module| !module.is_empty()).map(|module| format!("{module}::{}", self.ident));
        paths.chain([self.ident.to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: FunctionName = FunctionName { name: "menu", ident: "get", module: "app::menu" };

    fn exact(name: &str) -> Name {
        Name::Exact(name.to_owned())
    }

    fn variable(name: &str) -> Name {
        Name::Variable(name.to_owned())
    }

    #[test]
    fn a_function_has_several_names() {
        for name in ["menu", "get", "menu::get", "app::menu::get"] {
            assert!(GET.is_called(&exact(name)), "{name}");
        }
        for name in ["app", "u::get", "::get", "app::get", "GET", ""] {
            assert!(!GET.is_called(&exact(name)), "{name}");
        }
        assert!(GET.is_called(&variable("APP__MENU__GET")) && GET.is_called(&variable("MENU")));
        assert!(FunctionName { module: "", ..GET }.is_called(&exact("get")));
    }

    #[test]
    fn a_variable_names_what_reads_like_it() {
        assert!(variable("USER_PERMISSIONS").is("user_permissions"));
        assert!(variable("API_V1").is("api-v1"));
        assert!(!variable("API").is("api-v1"));
    }

    #[test]
    fn a_function_goes_before_its_type() {
        let of = |seconds| PolicySettings::new().ttl(seconds);
        let mut rung = Rung::new([(exact("menu"), of(1_u64).strict(true))], [(exact("get"), of(2))]);
        assert_eq!(rung.of("menu", &GET), of(2).strict(true));
        assert_eq!(rung.of_type("menu"), of(1).strict(true));
        rung.set_type("menu", of(3));
        assert_eq!(rung.of_type("menu"), of(3), "what was set before is gone");
        rung.set_type("menu", PolicySettings::new());
        rung.set_function("get", PolicySettings::new());
        assert!(rung.is_empty());
    }
}
