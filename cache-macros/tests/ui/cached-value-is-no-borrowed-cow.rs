use cache_macros::cached;

#[cached]
async fn name(restaurant: &str) -> Cow<'_, str> {
    restaurant.into()
}

fn main() {}
