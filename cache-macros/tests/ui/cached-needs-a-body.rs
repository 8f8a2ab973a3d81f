use cache_macros::cached;

trait Shop {
    #[cached(skip(self))]
    async fn menu(&self) -> u64;
}

fn main() {}
