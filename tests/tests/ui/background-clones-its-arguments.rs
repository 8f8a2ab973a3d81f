use cache_core::cached;

#[derive(serde::Serialize)]
struct Order(u64);

#[cached(stale_while_revalidate("10m", background))]
async fn menu(order: Order) -> u64 {
    order.0
}

fn main() {}
