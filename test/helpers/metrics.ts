/** Reads a gateway's metrics as Prometheus does: strictly, each line of them. */

import assert from 'node:assert/strict';

export interface Samples {
  readonly text: string;
  /** Of the metrics, without `_bucket`, `_sum` and `_count`. */
  readonly names: readonly string[];
  typeOf(name: string): string | undefined;
  /** The one value with these labels; throws when there is none. */
  of(name: string, labels?: Readonly<Record<string, string>>): number;
  /** All values of a metric with one label, by the label's value. */
  by(name: string, label: string): Record<string, number>;
}

const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z]+="[^"\\\n]*",?)*)\})? ([+-]?(?:\d[\d.e+-]*|Nan|Inf))$/;

export async function readMetrics(adminUrl: string, token: string): Promise<Samples> {
  const response = await fetch(`${adminUrl}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return parseMetrics(await response.text());
}

export function parseMetrics(text: string): Samples {
  assert.ok(text.endsWith('\n'));
  const types = new Map<string, string>();
  const samples = new Map<string, { name: string; labels: Record<string, string>; value: number }>();
  for (const line of text.split('\n').filter((line) => line !== '' && !line.startsWith('# HELP '))) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      assert.ok(!types.has(type[1]!), `${type[1]} is there twice`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    const [, name, pairs = '', value] = SAMPLE.exec(line) ?? assert.fail(`not a sample: ${line}`);
    assert.ok(types.has(name!) || types.has(name!.replace(/_(bucket|sum|count)$/, '')), `${name} has no type`);
    const labels = Object.fromEntries([...pairs.matchAll(/([a-z]+)="([^"]*)"/g)].map((pair) => [pair[1]!, pair[2]!]));
    const key = toKey(name!, labels);
    assert.ok(!samples.has(key), `${key} is there twice`);
    samples.set(key, { name: name!, labels, value: Number(value) });
  }
  return {
    text,
    names: [...types.keys()],
    typeOf: (name) => types.get(name),
    of: (name, labels = {}) => (samples.get(toKey(name, labels)) ?? assert.fail(`no ${toKey(name, labels)}`)).value,
    by(name, label) {
      const found = [...samples.values()].filter((sample) => sample.name === name);
      return Object.fromEntries(found.map(({ labels, value }) => [labels[label]!, value]));
    },
  };
}

function toKey(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return `${name} ${pairs.sort().join(' ')}`;
}
