/** The metrics of several processes that are one gateway: added up, and written as Prometheus reads them. */

import { AggregatorRegistry, type Registry } from 'prom-client';

/** What a process has measured, as it goes from a worker to the primary. */
export type MetricsReport = readonly Measured[];

interface Measured {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How the values of several processes become one. */
  readonly aggregator: string;
  readonly values: readonly { readonly value: number; readonly labels: object; readonly metricName?: string }[];
}

/** What the listener says that the text is. */
export const METRICS_TYPE = AggregatorRegistry.PROMETHEUS_CONTENT_TYPE;

/** The sums, in Prometheus' text format. Where no sum makes sense the first report's values stand. */
export function writeReports(reports: readonly MetricsReport[]): Promise<string> {
  return add(reports).metrics();
}

/** What stays counted when the processes are gone: a sum that falls would look like a restart, and be counted twice. */
export function keepCounts(reports: readonly MetricsReport[]): MetricsReport {
  const counts = reports.map((report) => report.filter(({ type }) => type !== 'gauge'));
  const sums = add(counts).getMetricsAsArray() as unknown as Measured[];
  return sums.map(({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }));
}

function add(reports: readonly MetricsReport[]): Registry {
  const toSum = (metric: Measured) => (metric.aggregator === 'omit' ? { ...metric, aggregator: 'first' } : metric);
  return AggregatorRegistry.aggregate(reports.map((report) => report.map(toSum)));
}
