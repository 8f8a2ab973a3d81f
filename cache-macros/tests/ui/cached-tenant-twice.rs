use cache_macros::cached;

#[cached(tenant_aware, tenant = restaurant)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
