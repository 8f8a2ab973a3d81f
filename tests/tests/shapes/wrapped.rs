//! `Result`, `Option` and `Arc` in all their combinations, through aliases too: what is kept goes by type.

use std::rc::Rc;
use std::sync::Arc;

use cache_core::cached;

use super::loads::{Failure, Loads};

/// As `anyhow::Result`: the error is out of sight, and neither `Clone` nor `PartialEq`.
type Outcome<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// What it says is not what it is called.
type Found<T> = Outcome<Option<Arc<T>>, Failure>;

type Maybe<T> = Option<T>;

/// Three calls with the same argument, then one with another: the loads that each left behind.
macro_rules! check {
    ($name:ident: $value:ty = $one:expr, $two:expr; kept: $kept:expr) => {
        #[tokio::test]
        async fn $name() {
            #[cached(skip(loads))]
            async fn asynchronous(loads: &Loads, first: bool) -> $value {
                loads.run();
                if first { $one } else { $two }
            }
            #[cached(skip(loads))]
            fn plain(loads: &Loads, first: bool) -> $value {
                loads.run();
                if first { $one } else { $two }
            }
            let loads = [Loads::default(), Loads::default()];
            for _ in 0..3 {
                let shown = format!("{:?}", {
                    let value: $value = $one;
                    value
                });
                assert_eq!(format!("{:?}", asynchronous(&loads[0], true).await), shown);
                assert_eq!(format!("{:?}", plain(&loads[1], true)), shown);
            }
            let runs = if $kept { 1 } else { 3 };
            for loads in &loads {
                loads.assert(runs);
            }
            let shown = format!("{:?}", {
                let value: $value = $two;
                value
            });
            assert_eq!(format!("{:?}", asynchronous(&loads[0], false).await), shown);
            assert_eq!(format!("{:?}", plain(&loads[1], false)), shown);
            for loads in &loads {
                loads.assert(runs + 1);
            }
        }
    };
}

check!(an_arc: Arc<String> = Arc::new("a".to_owned()), Arc::default(); kept: true);
check!(some: Option<u8> = Some(1), None; kept: true);
check!(none: Option<u8> = None, Some(1); kept: false);
check!(some_arc: Option<Arc<String>> = Some(Arc::default()), None; kept: true);
check!(no_arc: Option<Arc<String>> = None, Some(Arc::default()); kept: false);
check!(an_arc_of_none: Arc<Option<u8>> = Arc::new(None), Arc::new(Some(1)); kept: true);
check!(ok: Result<u8, Failure> = Ok(1), Ok(2); kept: true);
check!(an_error: Result<u8, Failure> = Err(Failure("a".to_owned())), Ok(2); kept: false);
check!(ok_arc: Result<Arc<String>, Failure> = Ok(Arc::default()), Err(Failure("a".to_owned())); kept: true);
check!(an_error_instead_of_an_arc: Result<Arc<u8>, Failure> = Err(Failure("a".to_owned())), Ok(Arc::new(1)); kept: false);
check!(ok_some: Result<Option<u8>, Failure> = Ok(Some(1)), Ok(None); kept: true);
check!(ok_none: Result<Option<u8>, Failure> = Ok(None), Ok(Some(1)); kept: false);
check!(ok_some_arc: Result<Option<Arc<String>>, Failure> = Ok(Some(Arc::default())), Ok(None); kept: true);
check!(ok_none_of_an_arc: Result<Option<Arc<String>>, Failure> = Ok(None), Ok(Some(Arc::default())); kept: false);
check!(some_ok: Option<Result<u8, String>> = Some(Ok(1)), None; kept: true);
check!(an_alias_that_hides_the_error: Outcome<u8> = Ok(1), Err("a".into()); kept: true);
check!(a_hidden_error: Outcome<u8> = Err("a".into()), Ok(1); kept: false);
check!(an_alias_that_hides_the_error_of_an_option: Outcome<Option<u8>> = Ok(Some(1)), Ok(None); kept: true);
check!(a_hidden_error_with_none: Outcome<Option<u8>> = Ok(None), Ok(Some(1)); kept: false);
check!(an_alias_with_another_error: Outcome<u8, Failure> = Ok(1), Err(Failure("a".to_owned())); kept: true);
check!(an_alias_of_everything: Found<String> = Ok(Some(Arc::default())), Ok(None); kept: true);
check!(none_in_an_alias_of_everything: Found<String> = Ok(None), Ok(Some(Arc::default())); kept: false);
check!(an_error_in_an_alias_of_everything: Found<u8> = Err(Failure("a".to_owned())), Ok(None); kept: false);
check!(an_alias_of_an_option: Maybe<u8> = None, Some(1); kept: false);
check!(an_alias_in_an_alias: Outcome<Maybe<u8>> = Ok(None), Ok(Some(1)); kept: false);
check!(a_path_of_the_standard_library: std::result::Result<core::option::Option<u8>, Failure> = Ok(None), Ok(Some(1)); kept: false);

/// Neither `Clone`, nor `Send`, nor anything that could be kept.
#[derive(Debug)]
struct Local(Rc<str>);

#[cached(skip(loads))]
async fn local_error(loads: &Loads, id: u8) -> Result<u8, Local> {
    loads.run();
    if id == 0 { Err(Local("zero".into())) } else { Ok(id) }
}

#[tokio::test]
async fn an_error_that_can_be_neither_cloned_nor_sent() {
    let loads = Loads::default();
    assert_eq!((local_error(&loads, 1).await.ok(), local_error(&loads, 1).await.ok()), (Some(1), Some(1)));
    loads.assert(1);
    assert!(local_error(&loads, 0).await.is_err_and(|error| &*error.0 == "zero"));
    assert!(local_error(&loads, 0).await.is_err());
    loads.assert(3);
}

#[cached(skip(loads))]
fn borrowed_error<'a>(loads: &Loads, text: &'a str) -> Result<u8, &'a str> {
    loads.run();
    text.parse().map_err(|_| text)
}

#[test]
fn an_error_that_borrows() {
    let loads = Loads::default();
    assert_eq!((borrowed_error(&loads, "1"), borrowed_error(&loads, "1")), (Ok(1), Ok(1)));
    loads.assert(1);
    assert_eq!((borrowed_error(&loads, "x"), borrowed_error(&loads, "x")), (Err("x"), Err("x")));
    loads.assert(3);
}

#[cached(skip(loads), negative_ttl = "30s")]
async fn negative(loads: &Loads, id: u8) -> Outcome<Option<u8>> {
    loads.run();
    if id > 9 {
        return Err("too large".into());
    }
    Ok((id > 1).then_some(id))
}

#[tokio::test]
async fn none_with_a_time_to_live_of_its_own() -> Outcome<()> {
    let loads = Loads::default();
    assert_eq!((negative(&loads, 0).await?, negative(&loads, 0).await?), (None, None));
    loads.assert(1);
    assert_eq!((negative(&loads, 2).await?, negative(&loads, 2).await?), (Some(2), Some(2)));
    loads.assert(2);
    assert!(negative(&loads, 10).await.is_err() && negative(&loads, 10).await.is_err());
    loads.assert(4);
    Ok(())
}

#[cached(skip(loads), cache_none)]
fn kept_none(loads: &Loads, id: u8) -> Maybe<u8> {
    loads.run();
    (id > 1).then_some(id)
}

#[test]
fn none_that_is_kept() {
    let loads = Loads::default();
    assert_eq!((kept_none(&loads, 0), kept_none(&loads, 0), kept_none(&loads, 1)), (None, None, None));
    loads.assert(2);
    assert_eq!((kept_none(&loads, 2), kept_none(&loads, 2)), (Some(2), Some(2)));
    loads.assert(3);
}
