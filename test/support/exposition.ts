/** A strict reader of the Prometheus text format 0.0.4, with the rules of `promtool check metrics` that apply to ours. */

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface MetricFamily {
  type: string;
  help: string;
  samples: Sample[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const number = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;

/** Reads an exposition into its families. Throws at the first line that breaks a rule. */
export function parseExposition(text: string): Map<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed');
  const families = new Map<string, MetricFamily>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment) current = readComment(families, comment.slice(1) as [string, string, string], current);
    else if (line.startsWith('#')) throw new Error(`neither HELP nor TYPE: ${line}`);
    else readSample(families, current, line);
  }
  for (const [name, family] of families) check(name, family);
  return families;
}

function readComment(
  families: Map<string, MetricFamily>,
  [what, name, rest]: [string, string, string],
  current: string,
): string {
  if (!metricName.test(name)) throw new Error(`not a metric name: ${name}`);
  if (name !== current && families.has(name)) throw new Error(`${name} stands in two places`);
  const family = families.get(name) ?? { type: '', help: '', samples: [] };
  families.set(name, family);
  if (family.samples.length > 0) throw new Error(`${what} of ${name} comes after its samples`);
  const key = what === 'HELP' ? 'help' : 'type';
  if (family[key]) throw new Error(`${name} has a second ${what}`);
  if (key === 'type' && !['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest))
    throw new Error(`${name} is no ${rest}`);
  family[key] = rest;
  return name;
}

function readSample(families: Map<string, MetricFamily>, current: string, line: string): void {
  const [, name = '', labelText = '', value = ''] = sampleLine.exec(line) ?? [];
  const family = families.get(current);
  if (!name || !number.test(value)) throw new Error(`no sample: ${line}`);
  if (!family || !namesOf(current, family.type).includes(name)) throw new Error(`${name} stands under ${current}`);
  const labels = readLabels(labelText, line);
  const same = (sample: Sample) =>
    sample.name === name && JSON.stringify(sorted(sample.labels)) === JSON.stringify(sorted(labels));
  if (family.samples.some(same)) throw new Error(`twice the same series: ${line}`);
  family.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
}

function namesOf(name: string, type: string): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name = '', value = ''] = labelPair.exec(rest) ?? [];
    if (!whole) throw new Error(`no label: ${line}`);
    if (name in labels) throw new Error(`twice the label ${name}: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function sorted(labels: Record<string, string>): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function check(name: string, { type, help, samples }: MetricFamily): void {
  if (!help) throw new Error(`${name} has no HELP`);
  if (!type) throw new Error(`${name} has no TYPE`);
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${type}`);
  if (/[A-Z]|_(?:count|sum|bucket|gauge|counter|histogram|ms|milliseconds|minutes)$/.test(name))
    throw new Error(`${name} is not named as Prometheus has it`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} counts backwards`);
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const seriesOf = ({ labels: { le: _, ...labels } }: Sample) => JSON.stringify(sorted(labels));
  for (const labels of new Set(samples.map(seriesOf))) {
    const of = samples.filter((sample) => seriesOf(sample) === labels);
    const buckets = of.filter((sample) => sample.name.endsWith('_bucket'));
    const count = of.find((sample) => sample.name.endsWith('_count'))?.value;
    const bounds = buckets.map((bucket) => Number(bucket.labels.le?.replace('Inf', 'Infinity')));
    if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? Number.NEGATIVE_INFINITY))))
      throw new Error(`${name}${labels}: le does not rise`);
    if (buckets.some(({ value }, index) => value < (buckets[index - 1]?.value ?? 0)))
      throw new Error(`${name}${labels}: buckets are not cumulative`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || buckets.at(-1)?.value !== count || !of.some(isSum))
      throw new Error(`${name}${labels}: +Inf, _count and _sum do not belong together`);
  }
}

const isSum = (sample: Sample) => sample.name.endsWith('_sum');
