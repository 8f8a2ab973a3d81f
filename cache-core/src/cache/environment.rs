//! What the environment sets: `CACHE_ENABLED`, `CACHE_TYPES_MENU_TTL`, `CACHE_FUNCTIONS_GET_MENU_ITEMS_ENABLED`.

use crate::cache::policy_settings::PolicySettings;
use crate::cache::policy_text as text;
use crate::cache::rung::{FunctionName, Name, Rung, in_variable};
use crate::error::{Error, ErrorKind};
use crate::registry::{self, nearest};

#[cfg(test)]
mod tests;

/// What the environment sets, which goes before the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(crate) enabled: Option<bool>,
    pub(crate) rung: Rung,
}

/// What a variable can be about.
pub(crate) struct Known {
    pub(crate) types: Vec<&'static str>,
    pub(crate) functions: Vec<FunctionName>,
}

const TYPES: &str = "CACHE_TYPES_";
const FUNCTIONS: &str = "CACHE_FUNCTIONS_";

impl Environment {
    /// Reads the variables of the process. Those that are no text are not ours.
    pub(crate) fn of_process() -> Result<Self, Error> {
        let variables = std::env::vars_os();
        let variables =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::read(variables, &Known::of_program())
    }

    /// Reads variables; an empty one is none.
    pub(crate) fn read(
        variables: impl Iterator<Item = (String, String)>,
        known: &Known,
    ) -> Result<Self, Error> {
        let (mut enabled, mut types, mut functions) = (None, Vec::new(), Vec::new());
        // One order, in case two variables mean the same.
        let mut variables: Vec<_> = variables.filter(|(_, value)| !value.is_empty()).collect();
        variables.sort();
        for (variable, value) in &variables {
            if variable == "CACHE_ENABLED" {
                let truth = text::truth(value);
                enabled = Some(truth.ok_or_else(|| {
                    wrong(variable, &format!("{value:?} is neither: write {}", text::TRUTH))
                })?);
            } else if let Some(rest) = variable.strip_prefix(TYPES) {
                let is_known = |name: &Name| known.types.iter().any(|it| name.is(it));
                let (name, settings) = policy(variable, rest, value, is_known)?;
                settings.check().map_err(|error| wrong(variable, &error.to_string()))?;
                types.push((name, settings));
            } else if let Some(rest) = variable.strip_prefix(FUNCTIONS) {
                let is_known = |name: &Name| known.functions.iter().any(|it| it.is_called(name));
                let (name, settings) = policy(variable, rest, value, is_known)?;
                settings.check_function().map_err(|error| wrong(variable, &error.to_string()))?;
                functions.push((name, settings));
            }
        }
        Ok(Self { enabled, rung: Rung::new(types, functions) })
    }
}

impl Known {
    /// The types and functions of this program.
    pub(crate) fn of_program() -> Self {
        Self {
            types: registry::type_names(),
            functions: registry::cached_names().map(FunctionName::from).collect(),
        }
    }
}

impl From<[&'static str; 3]> for FunctionName {
    fn from([name, ident, module]: [&'static str; 3]) -> Self {
        Self { name, ident, module }
    }
}

/// Reads `MENU_NEGATIVE_TTL`: the negative ttl of a type, or the ttl of another one. What is known decides, and else
/// the longer field.
fn policy(
    variable: &str,
    rest: &str,
    value: &str,
    is_known: impl Fn(&Name) -> bool,
) -> Result<(Name, PolicySettings), Error> {
    let split = |field: &&'static str| {
        let suffix: String = "_".chars().chain(field.chars()).map(in_variable).collect();
        let name = rest.strip_suffix(&suffix).filter(|name| !name.is_empty())?;
        Some((Name::Variable(name.to_owned()), *field))
    };
    let mut splits: Vec<_> = PolicySettings::FIELDS.iter().filter_map(split).collect();
    splits.sort_by_key(|(name, field)| (!is_known(name), std::cmp::Reverse(field.len())));
    let Some((name, field)) = splits.into_iter().next() else { return Err(no_field(variable, rest)) };
    let settings = PolicySettings::new().with(field, value);
    settings.map(|settings| (name, settings)).map_err(|error| wrong(variable, &error.to_string()))
}

fn no_field(variable: &str, rest: &str) -> Error {
    let fields = PolicySettings::FIELDS;
    let last = rest.rsplit('_').next().unwrap_or_default().to_ascii_lowercase();
    let hint = match nearest(&last, fields.iter().copied()) {
        Some(field) => {
            let start = &variable[..variable.len() - last.len()];
            format!("did you mean {start}{}?", field.to_ascii_uppercase())
        }
        None => format!("the last part is one of {}", fields.join(", ").to_ascii_uppercase()),
    };
    wrong(variable, &format!("it names nothing that can be set; {hint}"))
}

fn wrong(variable: &str, what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("{variable}: {what}"))
}
