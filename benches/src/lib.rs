//! Benchmarks: this framework and its peers on the same work. What several of them share lives here, the
//! benchmarks themselves in `benches/`.
