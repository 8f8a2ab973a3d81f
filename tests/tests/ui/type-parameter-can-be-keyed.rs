use cache_core::cached;

#[cached]
async fn menu<T: std::fmt::Debug>(restaurant: T) -> usize {
    format!("{restaurant:?}").len()
}

fn main() {}
