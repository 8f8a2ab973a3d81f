//! Patterns as parameters: each variable that they bind is a part of the key.

use cache_core::cached;
use serde::Serialize;

use super::loads::Loads;

#[derive(Clone, Serialize)]
struct Pair {
    left: u32,
    right: u32,
}

#[derive(Serialize)]
struct Id(u8);

#[cached(skip(loads, unused))]
async fn many(
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
async fn several_patterns() {
    let loads = Loads::default();
    assert_eq!(many(&loads, (1, 2), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).await, 14025);
    assert_eq!(many(&loads, (1, 2), Pair { left: 3, right: 9 }, 5, [6, 9, 8]).await, 14025);
    assert_eq!(many(&loads, (1, 3), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).await, 24026);
    assert!(many_key((1, 2), Pair { left: 3, right: 4 }, 5, [6, 7, 8]).is_ok());
}

#[cached(skip(loads))]
async fn tuple(loads: &Loads, (a, _, b): (u32, u32, &str)) -> u32 {
    a + u32::from(b.is_empty()) + loads.run() * 100
}

#[tokio::test]
async fn a_tuple() -> Result<(), cache_core::Error> {
    let loads = Loads::default();
    assert_eq!((tuple(&loads, (1, 2, "x")).await, tuple(&loads, (1, 3, "x")).await), (101, 101));
    assert_eq!((tuple(&loads, (2, 2, "x")).await, tuple(&loads, (1, 2, "")).await), (202, 302));
    assert!(tuple_key((1, 2, "x"))?.to_string().ends_with("a=1,b=x"));
    Ok(())
}

#[cached(skip(loads))]
fn structure(loads: &Loads, Pair { left: renamed, .. }: &Pair, Id(id): Id) -> u32 {
    renamed + u32::from(id) + loads.run() * 100
}

#[test]
fn structures() -> Result<(), cache_core::Error> {
    let loads = Loads::default();
    let pair = |left, right| Pair { left, right };
    assert_eq!((structure(&loads, &pair(1, 2), Id(3)), structure(&loads, &pair(1, 9), Id(3))), (104, 104));
    assert_eq!((structure(&loads, &pair(2, 2), Id(3)), structure(&loads, &pair(1, 2), Id(4))), (205, 305));
    assert!(structure_key(&pair(1, 2), Id(3))?.to_string().ends_with("renamed=1,id=3"));
    Ok(())
}

#[cached(skip(loads))]
async fn nested(loads: &Loads, (Pair { left, .. }, [(a, Id(b)), ..]): (Pair, [(u8, Id); 2])) -> u32 {
    left + u32::from(a + b) + loads.run() * 100
}

#[tokio::test]
async fn nested_patterns() {
    let loads = Loads::default();
    let call = |left, a, b, rest| nested(&loads, (Pair { left, right: rest }, [(a, Id(b)), (7, Id(7))]));
    assert_eq!((call(1, 2, 3, 4).await, call(1, 2, 3, 5).await), (106, 106));
    assert_eq!((call(2, 2, 3, 4).await, call(1, 3, 2, 4).await), (207, 306));
}

#[cached(skip(loads))]
#[expect(clippy::toplevel_ref_arg, reason = "it is to work all the same")]
async fn by_reference(loads: &Loads, ref pair: Pair, (ref text, mut count): (String, u32), &id: &u8) -> u32 {
    count += pair.left;
    count + u32::from(id) + u32::from(text.is_empty()) + loads.run() * 100
}

#[tokio::test]
async fn patterns_by_reference() {
    let loads = Loads::default();
    let call = |left, text: &str, id| {
        let text = text.to_owned();
        let loads = &loads;
        async move { by_reference(loads, Pair { left, right: 0 }, (text, 1), &id).await }
    };
    assert_eq!((call(1, "a", 1).await, call(1, "a", 1).await), (103, 103));
    assert_eq!((call(2, "a", 1).await, call(1, "", 1).await, call(1, "a", 2).await), (204, 304, 404));
}

#[cached(skip(loads, id))]
fn bound(loads: &Loads, whole @ &Pair { left, .. }: &Pair, id @ 0..: u32) -> u32 {
    whole.right + left + id + loads.run() * 100
}

#[test]
fn bindings_of_a_whole() {
    let loads = Loads::default();
    let pair = |left, right| Pair { left, right };
    assert_eq!((bound(&loads, &pair(1, 2), 0), bound(&loads, &pair(1, 2), 3)), (103, 103));
    assert_eq!((bound(&loads, &pair(1, 3), 0), bound(&loads, &pair(2, 2), 0)), (204, 304));
}
