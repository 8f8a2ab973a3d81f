use cache_core::cached;

#[cached(tiers(memory))]
async fn menu(restaurant: u64) -> std::rc::Rc<u64> {
    restaurant.into()
}

fn main() {}
