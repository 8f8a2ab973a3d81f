//! Patterns, raw names, parameters under a `cfg`, chosen keys.

use cache_core::cached;

use super::loads::Loads;

struct Pair {
    left: u32,
    right: u32,
}

#[cached(skip(loads, unused))]
async fn patterns(
    loads: &Loads,
    (a, b): (u32, u32),
    Pair { left, right: unused }: Pair,
    mut count: u32,
    [first, .., last]: [u8; 3],
) -> u32 {
    count += a + b + left + u32::from(first + last);
    count + unused * 1000 + loads.run() * 10000
}

#[tokio::test]
async fn pattern_and_mut_arguments() {
    let loads = Loads::default();
    assert_eq!(patterns(&loads, (1, 2), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).await, 14025);
    assert_eq!(patterns(&loads, (1, 2), Pair { left: 3, right: 9 }, 5, [6, 9, 8]).await, 14025);
    assert_eq!(patterns(&loads, (1, 3), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).await, 24026);
    assert!(patterns_key((1, 2), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).is_ok());
}

#[cached(skip(r#loop))]
async fn r#try(r#loop: &Loads, r#type: u8) -> u32 {
    u32::from(r#type) + r#loop.run() * 100
}

#[tokio::test]
async fn raw_identifiers() -> Result<(), cache_core::Error> {
    let loads = Loads::default();
    assert_eq!((r#try(&loads, 1).await, r#try(&loads, 1).await), (101, 101));
    let key = try_key(1)?.to_string();
    assert!(key.contains("type=1") && !key.contains("r#"), "{key}");
    Ok(())
}

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
