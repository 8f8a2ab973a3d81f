//! What is demanded of the types in a cached function's signature, by names of its own: so the compiler says what to
//! write about one that does not fit.
//!
//! Each trait is a standard one, and everything that has that one has it.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value of which each caller gets a copy.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached, since it can't be cloned",
    label = "each hit returns a clone of this",
    note = "derive `Clone` for it, or return an `Arc` of it"
)]
pub trait Copies: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> Copies for T {}

/// A value that tasks and threads share.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached, since threads can't share it",
    label = "all threads get this from the cache",
    note = "return a value that is `Send` and `Sync`: for example an `Arc` instead of an `Rc`"
)]
pub trait Shares: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + ?Sized> Shares for T {}

/// A future whose output the attribute sees; a type that hides it is none, so that nothing has this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a future, and the attribute can't see what it gives",
    label = "this would end before the future has run",
    note = "write `BoxFuture<'_, T>`, `Pin<Box<dyn Future<Output = T>>>` or `impl Future<Output = T>` instead of a type \
            that hides it, or an `async fn`"
)]
pub trait Seen {}

/// A value that can be written to the store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached, since it can't be encoded",
    label = "this is encoded for the store that processes share",
    note = "derive `serde::Serialize` for it, or keep it in this process alone: write `tiers(memory)` in the attribute"
)]
pub trait Encodes: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Encodes for T {}

/// A value that can be read back from the store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached, since it can't be decoded",
    label = "a hit decodes this",
    note = "derive `serde::Deserialize` for it without borrowing, or keep it in this process alone: write \
            `tiers(memory)` in the attribute"
)]
pub trait Decodes: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> Decodes for T {}

/// An `Arc` of something without a size, as it is encoded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached as it is",
    label = "what this points to has no size of its own",
    note = "return an `Arc<String>` or an `Arc<Vec<_>>`, switch on serde's feature `rc`, or keep it in this process \
            alone: write `tiers(memory)` in the attribute"
)]
pub trait ArcOfUnsized: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> ArcOfUnsized for T {}

/// What names a tenant or a user.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't name a tenant or a user",
    label = "this is shown in keys, by `Display`",
    note = "write an expression that is always one name; where there may be none, take it from the context with \
            `tenant_aware` or `user_aware`"
)]
pub trait Names: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> Names for T {}

/// What a placeholder of a tag can stand for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a tag",
    label = "a placeholder in this is shown by `Display`",
    note = "name a field, as in `{{item.id}}`, or compute the tags with `tags = …`"
)]
pub trait Tags: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> Tags for T {}

/// An argument that each load of a task gets a clone of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given to the task that reloads, since it can't be cloned",
    label = "`background` gives a clone of this to a task",
    note = "derive `Clone` for it, or take an `Arc` of it"
)]
pub trait Clones: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> Clones for T {}

/// Checks the `Arc` of something without a size.
pub const fn arc_of_unsized<T: ArcOfUnsized>() {}

/// Checks what names a tenant or a user. A type that does not fit is reported here, and not once more by whoever
/// shows it: what this returns can be shown in any case.
pub fn who<'a, T: Names + ?Sized>(value: &'a &'a T) -> &'a dyn Display {
    value
}

/// Checks what a placeholder stands for, in the same way.
pub fn tagged<'a, T: Tags + ?Sized>(value: &'a &'a T) -> &'a dyn Display {
    value
}

/// Clones an argument for a task.
pub fn cloned<T: Clones>(value: &T) -> T {
    value.clone()
}

/// The tags that a closure has read from a result.
pub fn tags<I>(tags: I) -> Vec<String>
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    tags.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_may_be_borrowed() {
        let result = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(tags(&result), ["a", "b"]);
        assert_eq!(tags(["c"]), ["c"]);
    }
}
