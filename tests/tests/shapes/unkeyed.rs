//! Parameters that are skipped by their type.

use std::sync::Arc;

use cache_core::{Unkeyed, cached};
use serde::Serialize;

use super::loads::Loads;

struct Db(Loads);

impl Unkeyed for Db {}

/// A type that says both: that it is never part of a key is what counts.
#[derive(Serialize)]
struct Both(u8);

impl Unkeyed for Both {}

#[cached]
async fn skipped(db: &Db, shared: Arc<Db>, both: Both, id: u32) -> u32 {
    drop(shared);
    id + u32::from(both.0) * 10 + db.0.run() * 100
}

#[cached]
fn plainly_skipped((db, id): (&Db, u32), filter: Option<Vec<u8>>) -> u32 {
    drop(filter);
    id + db.0.run() * 100
}

#[cached]
async fn by_bounds<T: Unkeyed + AsRef<Db>, U: Serialize + Send + Sync>(db: &T, value: U) -> u32 {
    drop(value);
    db.as_ref().0.run()
}

impl AsRef<Db> for Db {
    fn as_ref(&self) -> &Db {
        self
    }
}

#[tokio::test]
async fn a_type_that_is_never_keyed_is_skipped() {
    let db = Db(Loads::default());
    let other = || Arc::new(Db(Loads::default()));
    assert_eq!(skipped(&db, other(), Both(1), 1).await, 111);
    assert_eq!(skipped(&db, other(), Both(2), 1).await, 111);
    assert_eq!(skipped(&db, other(), Both(2), 2).await, 222);
    let key = skipped_key(&db, other(), Both(1), 1).map(|key| key.to_string());
    assert!(key.is_ok_and(|key| key.ends_with("id=1")));
}

#[tokio::test]
async fn the_rest_is_keyed() {
    let db = Db(Loads::default());
    assert_eq!((plainly_skipped((&db, 1), None), plainly_skipped((&db, 1), None)), (101, 101));
    assert_eq!(plainly_skipped((&db, 1), Some(vec![])), 201);
    assert_eq!((by_bounds(&db, 'a').await, by_bounds(&db, 'a').await, by_bounds(&db, 'b').await), (3, 3, 4));
}
