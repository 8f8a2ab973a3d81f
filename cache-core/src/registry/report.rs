//! What is contradictory in a program's declarations.

use std::collections::BTreeMap;
use std::fmt;

use crate::policy::{Location, TypePolicy};
use crate::registry::cache_types::{Type, types};
use crate::registry::functions::{Function, Role, functions};
use crate::registry::nearest::nearest;

#[cfg(test)]
mod tests;

/// Something in a program's declarations that does not fit together. All of it is logged when the first cache of
/// the process is built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// Two declarations of one type say different things: which one holds depends on the function.
    Differing {
        /// The type.
        type_name: &'static str,
        /// The two places.
        places: [Location; 2],
    },
    /// Every reader tells tenants or users apart and a writer does not: it invalidates more than it has to.
    TooWide(Mismatch),
    /// A writer tells tenants or users apart and no reader does: it invalidates nothing.
    TooNarrow(Mismatch),
    /// A function names the type by a text, and does not tell apart whom the type's declaration tells apart.
    NotAware {
        /// The type.
        type_name: &'static str,
        /// Who is not told apart.
        who: Who,
        /// The function.
        reader: Function,
        /// Where the type is declared.
        declared: Location,
    },
    /// A type is invalidated, and no function of this program is cached with it.
    Uncached {
        /// The type.
        type_name: &'static str,
        /// The function that invalidates it.
        writer: Function,
        /// A type of almost the same name, which may have been meant.
        nearest: Option<&'static str>,
    },
}

/// A writer and a reader of one type that don't agree on who is told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The type.
    pub type_name: &'static str,
    /// Who is told apart by only one of the two.
    pub who: Who,
    /// The function that invalidates.
    pub writer: Function,
    /// One of the functions that are cached.
    pub reader: Function,
}

/// Who is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Tenants.
    Tenant,
    /// Users.
    User,
}

/// Everything that does not fit together in this program's declarations.
///
/// A test may assert that there is nothing:
///
/// ```standalone_crate
/// let mistakes = cache_core::registry::reports().into_iter().filter(|report| report.is_mistake());
/// assert_eq!(mistakes.count(), 0);
/// ```
#[must_use]
pub fn reports() -> Vec<Report> {
    examine(&functions(), &types())
}

/// The types that functions are cached with, and those that are declared.
pub(crate) fn type_names() -> Vec<&'static str> {
    known(&functions(), &types()).collect()
}

/// Finds what does not fit together.
fn examine(functions: &[Function], types: &[Type]) -> Vec<Report> {
    let mut by_type = BTreeMap::<_, Vec<_>>::new();
    for function in functions {
        if let Some(type_name) = function.type_name {
            by_type.entry(type_name).or_default().push(function);
        }
    }
    let differing = types.windows(2).filter_map(|pair| differing(&pair[0], &pair[1]));
    let known: Vec<_> = known(functions, types).collect();
    let by_type = by_type.iter().flat_map(|(name, functions)| {
        let (readers, writers): (Vec<_>, Vec<_>) =
            functions.iter().partition(|function| function.role == Role::Cached);
        of_type(name, &readers, &writers, types, &known)
    });
    differing.chain(by_type).collect()
}

/// The names that a misspelt one may stand for.
fn known<'a>(functions: &'a [Function], types: &'a [Type]) -> impl Iterator<Item = &'static str> + 'a {
    let cached = functions.iter().filter(|function| function.role == Role::Cached);
    cached.filter_map(|function| function.type_name).chain(types.iter().map(|declared| declared.name))
}

/// The declarations are in the order of their names.
fn differing(one: &Type, other: &Type) -> Option<Report> {
    let differ = one.name == other.name && !one.policy.says_the_same(&other.policy);
    differ.then_some(Report::Differing { type_name: one.name, places: [one.location, other.location] })
}

fn of_type(
    type_name: &'static str,
    readers: &[&Function],
    writers: &[&Function],
    types: &[Type],
    known: &[&'static str],
) -> Vec<Report> {
    let declared: Vec<_> = types.iter().filter(|declared| declared.name == type_name).collect();
    let mut reports = Vec::new();
    for who in [Who::Tenant, Who::User] {
        reports.extend(not_aware(type_name, who, readers, &declared));
        reports.extend(writers.iter().filter_map(|writer| mismatch(type_name, who, readers, writer)));
    }
    if let (true, Some(writer)) = (readers.is_empty(), writers.first()) {
        let nearest = if declared.is_empty() { nearest(type_name, known.iter().copied()) } else { None };
        reports.push(Report::Uncached { type_name, writer: (*writer).clone(), nearest });
    }
    reports
}

fn not_aware(type_name: &'static str, who: Who, readers: &[&Function], declared: &[&Type]) -> Option<Report> {
    let declared = declared.iter().find(|declared| who.of_policy(&declared.policy))?;
    let reader = readers.iter().find(|reader| !who.of(reader))?;
    Some(Report::NotAware { type_name, who, reader: (*reader).clone(), declared: declared.location })
}

fn mismatch(type_name: &'static str, who: Who, readers: &[&Function], writer: &Function) -> Option<Report> {
    let all = |aware| readers.iter().all(|reader| who.of(reader) == aware);
    let reader = (*readers.first()?).clone();
    let mismatch = Mismatch { type_name, who, writer: writer.clone(), reader };
    // One user is hit in every tenant: that is narrow enough.
    let narrowed = who.of(writer) || (who == Who::Tenant && writer.user_aware);
    if !narrowed && all(true) {
        return Some(Report::TooWide(mismatch));
    }
    (who.of(writer) && all(false)).then_some(Report::TooNarrow(mismatch))
}

impl Who {
    fn of(self, function: &Function) -> bool {
        match self {
            Self::Tenant => function.tenant_aware,
            Self::User => function.user_aware,
        }
    }

    fn of_policy(self, policy: &TypePolicy) -> bool {
        match self {
            Self::Tenant => policy.tenant_aware,
            Self::User => policy.user_aware,
        }
    }
}

impl Report {
    /// The type that it is about.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Differing { type_name, .. }
            | Self::NotAware { type_name, .. }
            | Self::Uncached { type_name, .. } => type_name,
            Self::TooWide(mismatch) | Self::TooNarrow(mismatch) => mismatch.type_name,
        }
    }

    /// Whether it is probably a mistake. A service may well invalidate what only others cache.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        !matches!(self, Self::Uncached { nearest: None, .. })
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tenant => "tenant",
            Self::User => "user",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differing { type_name, places: [one, other] } => {
                write!(f, "the type `{type_name}` is declared twice and not alike, at {one} and at {other}")
            }
            Self::TooWide(Mismatch { type_name, who, writer, reader }) => write!(
                f,
                "`{}` ({}) invalidates `{type_name}` for every {who}, although all its readers tell {who}s apart, as \
                 `{}` ({}) does: write `{who}_aware` if one {who} is meant",
                writer.path, writer.location, reader.path, reader.location
            ),
            Self::TooNarrow(Mismatch { type_name, who, writer, reader }) => write!(
                f,
                "`{}` ({}) invalidates `{type_name}` for one {who}, which hits nothing: no reader tells {who}s \
                 apart, see `{}` ({})",
                writer.path, writer.location, reader.path, reader.location
            ),
            Self::NotAware { type_name, who, reader, declared } => write!(
                f,
                "`{}` ({}) is the same for every {who}, although the type `{type_name}` is declared `{who}_aware` \
                 at {declared}: a text names a type without its declaration, write the path of the type instead",
                reader.path, reader.location
            ),
            Self::Uncached { type_name, writer, nearest } => {
                let Function { path, location, .. } = writer;
                write!(
                    f,
                    "`{path}` ({location}) invalidates `{type_name}`, which no function here is cached with"
                )?;
                nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
            }
        }
    }
}
