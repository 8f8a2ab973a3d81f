use cache_macros::invalidate;

#[invalidate(tags("menus"), tenant_aware)]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
