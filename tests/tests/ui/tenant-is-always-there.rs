use cache_core::cached;

#[cached(tenant = tenant)]
async fn menu(tenant: Option<u64>) -> u64 {
    tenant.unwrap_or_default()
}

fn main() {}
