use cache_core::cached;

use std::rc::Rc;

#[cached(skip(restaurant), stale_while_revalidate("10m", background))]
async fn menu(restaurant: Rc<u64>) -> u64 {
    *restaurant
}

fn main() {}
