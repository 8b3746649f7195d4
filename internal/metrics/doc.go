// Package metrics shows to Prometheus what the other packages count of themselves. It is
// the only one that knows Prometheus; they offer plain values, asked for at each scrape.
//
// Every label set is bounded: sources by the configuration, results by a fixed list.
// Nothing that came with a request is in a metric.
package metrics
