//! The context of each request of a service, as axum runs them.
#![expect(clippy::unwrap_used, reason = "a test that can\'t go on fails")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::http::Request;
use axum::http::request::Parts;
use axum::routing::get;
use cache_core::context::{Context, ContextExt, ContextLayer};
use cache_core::{Cache, cached};
use cache_testkit::TestCache;
use tower::ServiceExt;

/// What the database has for the tenant of the task.
fn row(id: u32) -> String {
    let context = Context::current();
    format!("{id} of {} for {}", context.tenant_id().unwrap_or("-"), context.user_id().unwrap_or("-"))
}

#[cached(type = "tower", tenant_aware)]
async fn item(id: u32) -> String {
    // Others run before this request goes on.
    tokio::task::yield_now().await;
    row(id)
}

#[cached(type = "tower-plain", tenant_aware)]
fn plain(id: u32) -> String {
    row(id)
}

async fn read(Path(id): Path<u32>) -> String {
    item(id).await
}

async fn read_plain(Path(id): Path<u32>) -> String {
    plain(id)
}

async fn read_in_task(Path(id): Path<u32>) -> String {
    tokio::spawn(item(id).in_current_context()).await.unwrap()
}

async fn read_in_bare_task(Path(id): Path<u32>) -> String {
    tokio::spawn(async move { row(id) }).await.unwrap()
}

fn context(parts: &Parts) -> Context {
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Context::new().tenant(header("x-tenant")).user(header("x-user"))
}

fn router() -> Router {
    Router::new()
        .route("/item/{id}", get(read))
        .route("/plain/{id}", get(read_plain))
        .route("/task/{id}", get(read_in_task))
        .route("/bare/{id}", get(read_in_bare_task))
        .layer(ContextLayer::new(context))
}

async fn answer(router: Router, path: String, tenant: Option<&str>) -> String {
    let mut request = Request::get(path).header("x-user", "u1");
    if let Some(tenant) = tenant {
        request = request.header("x-tenant", tenant);
    }
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(response.status().is_success(), "{response:?}");
    let body = to_bytes(response.into_body(), 1000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_request_runs_in_the_context_that_is_read_from_it() {
    let cache = TestCache::new();
    cache
        .run(async {
            for path in ["item", "plain", "task"] {
                let answer = answer(router(), format!("/{path}/1"), Some("t1")).await;
                assert_eq!(answer, "1 of t1 for u1", "{path}");
            }
            assert_eq!(answer(router(), "/bare/1".to_owned(), Some("t1")).await, "1 of - for -");
            assert_eq!(Context::current(), Context::new(), "nothing is left behind");
        })
        .await;
    // The task was served what the first request had loaded.
    cache.assert_misses("tower", 1);
    cache.assert_hits("tower", 1);
}

#[tokio::test]
async fn a_request_without_a_tenant_runs_uncached() {
    let cache = TestCache::new();
    for _ in 0..2 {
        assert_eq!(cache.run(answer(router(), "/item/1".to_owned(), None)).await, "1 of - for u1");
    }
    assert_eq!(cache.stats().of("tower").no_tenant, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_requests_of_several_tenants_never_mix() {
    const TENANTS: [&str; 4] = ["t1", "t2", "t3", "t4"];
    let (cache, router) = (Cache::builder().memory_only().build().unwrap(), router());
    let requests = (0..400_u32).map(|number| {
        let (tenant, id) = (TENANTS[number as usize % 4], number / 4 % 10);
        let path = format!("/{}/{id}", ["item", "task", "plain"][number as usize % 3]);
        let answer = cache.scope(answer(router.clone(), path, Some(tenant)));
        tokio::spawn(async move { (tenant, id, answer.await) })
    });
    let requests: Vec<_> = requests.collect();
    for request in requests {
        let (tenant, id, answer) = request.await.unwrap();
        assert_eq!(answer, format!("{id} of {tenant} for u1"));
    }
    let stats = cache.stats().of("tower");
    assert_eq!(stats.loads, 40, "one load for each tenant and item: {stats:?}");
}
