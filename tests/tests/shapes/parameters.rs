//! Parameters under a `cfg`, chosen keys, and what is borrowed.

use cache_core::cached;

use super::loads::Loads;

#[cached(skip(loads))]
async fn conditional(
    loads: &Loads,
    a: u8,
    #[cfg(not(test))] never: Missing,
    #[cfg(test)] b: u8,
    c: u8,
) -> u32 {
    u32::from(a + b + c) + loads.run() * 100
}

#[tokio::test]
async fn parameters_under_a_cfg() {
    let loads = Loads::default();
    assert_eq!(conditional(&loads, 1, 2, 3).await, 106);
    assert_eq!(conditional(&loads, 1, 2, 3).await, 106);
    assert_eq!(conditional(&loads, 1, 3, 3).await, 207);
    assert!(conditional_key(1, 2, 3).is_ok());
}

struct Account {
    id: u64,
    name: String,
}

#[cached(key(account.id, pair.0, account.name.len() + 1 as length))]
async fn chosen(loads: &Loads, account: &Account, pair: (u8, u8)) -> u32 {
    u32::from(pair.1) + loads.run() * 100
}

#[tokio::test]
async fn a_chosen_key() -> Result<(), cache_core::Error> {
    let loads = Loads::default();
    let account = |id, name: &str| Account { id, name: name.to_owned() };
    assert_eq!(chosen(&loads, &account(1, "ann"), (1, 2)).await, 102);
    assert_eq!(chosen(&loads, &account(1, "bob"), (1, 3)).await, 102);
    assert_eq!(chosen(&loads, &account(1, "carl"), (1, 4)).await, 204);
    let key = chosen_key(&account(1, "ann"), (1, 2))?.to_string();
    assert!(key.ends_with("account.id=1,pair.0=1,length=4"), "{key}");
    Ok(())
}

#[cached(skip(loads))]
async fn borrowed(
    loads: &Loads,
    items: &[u8],
    text: &str,
    limit: Option<&u32>,
    nested: &[&[Option<&str>]],
) -> u32 {
    let sum = items.iter().map(|item| u32::from(*item)).sum::<u32>() + limit.copied().unwrap_or_default();
    sum + loads.run() * 1000 + u32::from(text.is_empty()) + u32::from(nested.is_empty())
}

#[tokio::test]
async fn slices_and_references() {
    let loads = Loads::default();
    for _ in 0..2 {
        assert_eq!(borrowed(&loads, &[1, 2], "a", Some(&10), &[&[None]]).await, 1013);
        assert_eq!(borrowed(&loads, &[1, 3], "a", Some(&10), &[&[None]]).await, 2014);
        assert_eq!(borrowed(&loads, &[1, 2], "b", Some(&10), &[&[None]]).await, 3013);
        assert_eq!(borrowed(&loads, &[1, 2], "a", None, &[&[None]]).await, 4003);
        assert_eq!(borrowed(&loads, &[1, 2], "a", None, &[&[], &[Some("")]]).await, 5003);
    }
    assert!(borrowed_key(&[1], "a", None, &[]).is_ok());
}

#[cached(skip(loads, pick, boxed, pointer))]
fn given_functions<F: FnOnce(u8) -> u8>(
    loads: &Loads,
    id: u8,
    pick: F,
    boxed: Box<dyn Fn(u8) -> u8>,
    pointer: fn(u8) -> u8,
) -> u32 {
    u32::from(pointer(boxed(pick(id)))) + loads.run() * 100
}

#[test]
fn functions_as_arguments_are_skipped() {
    let loads = Loads::default();
    let call =
        |id, add: u8| given_functions(&loads, id, |it| it + add, Box::new(move |it| it + add), |it| it);
    assert_eq!((call(1, 1), call(1, 2), call(2, 1)), (103, 103, 204));
    assert_eq!(given_functions(&loads, 1, |_| 0, Box::new(|_| 0), |_| 0), 103);
}

#[cached(skip(loads))]
async fn mutable(loads: &Loads, mut count: u32, mut words: Vec<String>) -> Vec<String> {
    count += loads.run();
    words.push(count.to_string());
    words
}

#[tokio::test]
async fn mutable_arguments_are_keyed_as_they_came() {
    let loads = Loads::default();
    assert_eq!(mutable(&loads, 10, vec![]).await, ["11"]);
    assert_eq!(mutable(&loads, 10, vec![]).await, ["11"]);
    assert_eq!(mutable(&loads, 11, vec![]).await, ["13"]);
    assert_eq!(mutable(&loads, 10, vec!["11".to_owned()]).await, ["11", "13"]);
}
