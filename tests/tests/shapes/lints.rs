//! What is allowed on a function is allowed on its companion too, which has the same parameters.

use cache_core::cached;
use serde::Serialize;

use super::loads::Loads;

#[derive(Serialize)]
#[deprecated]
struct Old(u8);

#[expect(deprecated, reason = "what a function may take, its companion may")]
const OLD: [Old; 2] = [Old(1), Old(2)];

#[cached(skip(loads), key_fn)]
#[allow(deprecated, reason = "it is to work all the same")]
async fn outdated(loads: &Loads, old: Old) -> u32 {
    u32::from(old.0) + loads.run() * 100
}

#[allow(clippy::ptr_arg, clippy::ref_option, reason = "the same")]
#[cached(skip(loads))]
fn unusual(loads: &Loads, numbers: &Vec<u8>, limit: &Option<u8>) -> u32 {
    u32::from(numbers.iter().sum::<u8>() + limit.unwrap_or_default()) + loads.run() * 100
}

#[cached(skip(loads))]
#[expect(clippy::too_many_arguments, reason = "the same")]
fn many(loads: &Loads, a: bool, b: bool, c: bool, d: bool, e: u8, f: u8, g: u8, h: u8) -> u32 {
    u32::from(a && b && c && d) + u32::from(e + f + g + h) + loads.run() * 100
}

struct Converted(u8);

impl Converted {
    #[cached(key(self.0), key_fn)]
    async fn into_number(self, loads: &Loads) -> u32 {
        u32::from(self.0) + loads.run() * 100
    }

    #[cached(skip(loads))]
    fn is_large(loads: &Loads, number: u8) -> bool {
        loads.run();
        number > 100
    }
}

#[tokio::test]
async fn a_parameter_of_a_deprecated_type() {
    let loads = Loads::default();
    let [one, two] = OLD;
    let [again, _] = OLD;
    assert_eq!((outdated(&loads, one).await, outdated(&loads, again).await), (101, 101));
    assert_eq!(outdated(&loads, two).await, 202);
    let [one, _] = OLD;
    assert!(outdated_key(one).is_ok());
}

#[test]
fn parameters_of_unusual_types() {
    let loads = Loads::default();
    let call = |number, limit| unusual(&loads, &vec![number], &limit);
    assert_eq!((call(1, None), call(1, None), call(1, Some(1)), call(2, None)), (101, 101, 202, 302));
}

#[test]
fn more_parameters_than_usual() {
    let loads = Loads::default();
    let call = |h| many(&loads, true, true, true, true, 1, 2, 3, h);
    assert_eq!((call(4), call(4), call(5)), (111, 111, 212));
}

#[tokio::test]
async fn names_that_promise_a_receiver() {
    let loads = Loads::default();
    assert_eq!(Converted(1).into_number(&loads).await, 101);
    assert_eq!((Converted(1).into_number(&loads).await, Converted(2).into_number(&loads).await), (101, 202));
    assert!(Converted(1).into_number_key().is_ok());
    assert!(
        !Converted::is_large(&loads, 1)
            && !Converted::is_large(&loads, 1)
            && Converted::is_large(&loads, 101)
    );
    loads.assert(4);
}
