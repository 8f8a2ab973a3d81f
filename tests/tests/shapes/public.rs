//! Cached functions of another crate.

use integration_tests::public::{
    Calculator, doubled, doubled_key, forget, plainly_doubled, plainly_doubled_key,
};

#[tokio::test]
async fn functions_of_a_library() -> Result<(), cache_core::Error> {
    assert_eq!((doubled(4).await, doubled(4).await, plainly_doubled(4)), (8, 8, 8));
    forget(4).await;
    assert_eq!((doubled(4).await, plainly_doubled(4)), (8, 8));
    let [later, plain] = [doubled_key(4)?, plainly_doubled_key(4)?].map(|key| key.to_string());
    assert!(later.contains(":price:") && plain.contains(":price:"));
    assert_ne!(later, plain);
    Ok(())
}

#[tokio::test]
async fn methods_of_a_library() -> Result<(), cache_core::Error> {
    let calculator = Calculator { offset: 2 };
    assert_eq!((calculator.add(3).await, calculator.add(3).await), (5, 5));
    assert_ne!(calculator.add_key(3)?.to_string(), Calculator::default().add_key(3)?.to_string());
    assert_eq!((Calculator::read("7"), Calculator::read("x").is_err()), (Ok(7), true));
    assert!(Calculator::read_key("7").is_ok());
    assert_eq!(Calculator::hidden_twice(3), 12);
    Ok(())
}
