//! Tags with placeholders, and computed ones.

use std::time::Duration;

use cache_core::{cached, invalidate};

use super::loads::Loads;

struct Item {
    id: u64,
    owner: (String, u8),
}

#[cached(tags("shape-item:{item_id}", "shape-items", "shape-{{{item_id}}}"), skip(loads), ttl = 60 * 60)]
async fn tagged(loads: &Loads, item_id: u64) -> u32 {
    loads.run()
}

#[cached(tags = [format!("shape-item:{item_id}")], skip(loads), ttl = Duration::from_secs(9), tiers(memory))]
fn tagged_by_expression(loads: &Loads, item_id: u64) -> u32 {
    loads.run()
}

#[invalidate(tags("shape-item:{item.id}", "shape-owner:{item.owner.0}"))]
async fn change(item: Item) -> Item {
    item
}

#[invalidate(tags = vec!["shape-items"])]
fn change_all() {}

#[tokio::test]
async fn tags_with_placeholders() {
    let loads = Loads::default();
    assert_eq!((tagged(&loads, 1).await, tagged(&loads, 2).await), (1, 2));
    assert_eq!((tagged_by_expression(&loads, 1), tagged_by_expression(&loads, 2)), (3, 4));
    let item = change(Item { id: 1, owner: ("ann".to_owned(), 1) }).await;
    assert_eq!(item.owner.1, 1);
    assert_eq!((tagged(&loads, 1).await, tagged(&loads, 2).await), (5, 2));
    assert_eq!((tagged_by_expression(&loads, 1), tagged_by_expression(&loads, 2)), (6, 4));
    change_all();
    assert_eq!((tagged(&loads, 1).await, tagged_by_expression(&loads, 1)), (7, 6));
}
