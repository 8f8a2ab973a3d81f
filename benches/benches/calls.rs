//! What a cached call costs: making its key, and a hit in memory.
//!
//! `cargo bench -p benches`. Read the figures against each other, within one run.
#![allow(missing_docs, reason = "criterion's macros make an undocumented main")]

use std::hint::black_box;
use std::sync::Arc;

use cache_core::context::Context;
use cache_core::{Cache, cached};
use criterion::{Criterion, criterion_group, criterion_main};

#[cached(type = "menu", ttl = 3600)]
async fn menu(restaurant_id: u64, page: u32) -> Arc<Vec<String>> {
    Arc::new(vec![format!("{restaurant_id} {page}"); 8])
}

#[cached(type = "menu", ttl = 3600, tenant_aware)]
async fn menu_of_tenant(restaurant_id: u64, category: &str) -> Arc<Vec<String>> {
    Arc::new(vec![format!("{restaurant_id} {category}"); 8])
}

fn keys(c: &mut Criterion) {
    let mut group = c.benchmark_group("key");
    group.bench_function("two numbers", |b| b.iter(|| menu_key(black_box(42), black_box(1))));
    Context::new().tenant("t1").sync_scope(|| {
        group.bench_function("a tenant, a number and a text", |b| {
            b.iter(|| menu_of_tenant_key(black_box(42), black_box("dessert")));
        });
    });
    group.bench_function("as text", |b| {
        let key = menu_key(42, 1).expect("numbers make a key");
        b.iter(|| black_box(&key).to_string());
    });
    group.finish();
}

fn hits(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    let cache = Cache::builder().memory_only().build().expect("the settings are in order");
    let mut group = c.benchmark_group("hit in memory");
    group.bench_function("without a tenant", |b| {
        b.to_async(&runtime).iter(|| cache.scope(menu(black_box(42), black_box(1))));
    });
    group.bench_function("of a tenant", |b| {
        let call =
            || cache.scope(Context::new().tenant("t1").scope(menu_of_tenant(42, black_box("dessert"))));
        b.to_async(&runtime).iter(call);
    });
    group.finish();
}

criterion_group!(benches, keys, hits);
criterion_main!(benches);
