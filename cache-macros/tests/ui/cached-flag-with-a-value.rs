use cache_macros::cached;

#[cached(tenant_aware = true)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
