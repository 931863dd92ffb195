import { type HostValueChild, type InspectedHostValue, inspectHostValue } from './host-value.js';
import { humanizeLabel } from './humanize-label.js';
import { type ContextText, formatScalar, stripControlCharacters } from './present-text.js';

/** One fact as plain data that can be sent as JSON; it holds no object of the host. */
export type ContextValue =
  | ContextText
  | { kind: 'list'; items: ContextValue[] }
  /** A list of maps, each given by its entries. */
  | { kind: 'blocks'; blocks: ContextEntry[][] }
  | { kind: 'group'; entries: ContextEntry[] }
  /** Stands where values were left out; `reason` says why or how many, such as `3 more`. */
  | { kind: 'truncated'; reason: string }
  /** A value that cannot be shown; `what` names its kind, such as `a function`. */
  | { kind: 'unsupported'; what: string };

export interface ContextEntry {
  /** Empty if the value needs no label, as a list under its section's header or a note about values left out. */
  label: string;
  value: ContextValue;
}

export interface ContextSection {
  header: string;
  entries: ContextEntry[];
}

/** The maximum depth of nested maps and lists; the section itself counts as one. */
export const maxContextDepth = 6;
/** The most entries of one map, items of one list, and sections. */
export const maxContextEntries = 200;
/** The most values, and the most characters, of all sections together. */
export const maxContextValues = 2000;
export const maxContextCharacters = 200_000;

const maxLabelLength = 200;

/**
 * Converts the ContextProvider's map to sections, in the map's order; keys that are whole numbers come first, as in
 * every JavaScript object. Each map or list at the top level becomes a section under its key; scalars at the top level
 * share the section "Details", at the position of the first. A list is one entry without a label. A value that is not a
 * map gives no section. Pure; never throws. The result is limited in size and notes where values were left out.
 */
export function toContextSections(map: unknown): ContextSection[] {
  const top = inspectHostValue(map, maxContextEntries);
  if (top.kind !== 'map') return [];
  const walk: Walk = { valuesLeft: maxContextValues, charactersLeft: maxContextCharacters, parents: [top.source] };
  const details: ContextSection = { header: 'Details', entries: [] };
  const sections: ContextSection[] = [];
  for (const { key, value } of top.children) {
    const seen = inspectHostValue(value, maxContextEntries);
    if (seen.kind === 'map' || seen.kind === 'list') {
      sections.push({ header: cut(walk, key), entries: rowsOf(walk, seen) });
    } else {
      if (details.entries.length === 0) sections.push(details);
      details.entries.push({ label: cut(walk, humanizeLabel(key)), value: present(walk, seen) });
    }
  }
  if (top.size > top.children.length) sections.push({ header: 'More', entries: [leftOut(top)] });
  return sections;
}

/**
 * How many values and characters of the facts may still be shown, and the maps and lists that enclose the current
 * value.
 */
interface Walk {
  valuesLeft: number;
  charactersLeft: number;
  parents: readonly object[];
}

type Container = Extract<InspectedHostValue, { children: HostValueChild[] }>;

function present(walk: Walk, seen: InspectedHostValue): ContextValue {
  walk.valuesLeft -= 1;
  if (walk.valuesLeft < 0 || walk.charactersLeft <= 0) return { kind: 'truncated', reason: 'too many facts to show' };
  if (seen.kind === 'scalar') return presentFact(walk, seen.value);
  if (seen.kind === 'unsupported') return { kind: 'unsupported', what: cut(walk, seen.what) };
  if (walk.parents.includes(seen.source)) return { kind: 'truncated', reason: 'contains itself' };
  if (walk.parents.length > maxContextDepth)
    return { kind: 'truncated', reason: `nested deeper than ${maxContextDepth} levels` };
  return within(walk, seen, () => (seen.kind === 'map' ? presentMap(walk, seen) : presentList(walk, seen)));
}

function presentFact(walk: Walk, fact: Extract<InspectedHostValue, { kind: 'scalar' }>['value']): ContextText {
  const value = formatScalar(fact);
  walk.charactersLeft -= value.text.length;
  return value;
}

function presentMap(walk: Walk, seen: Container): ContextValue {
  if (seen.size === 0) return formatScalar(null);
  return { kind: 'group', entries: entriesOf(walk, seen) };
}

function entriesOf(walk: Walk, seen: Container): ContextEntry[] {
  const entries: ContextEntry[] = [];
  for (const { key, value } of seen.children) {
    if (walk.valuesLeft <= 0) break;
    entries.push({ label: cut(walk, humanizeLabel(key)), value: present(walk, look(walk, value)) });
  }
  return entries.length < seen.size ? [...entries, leftOut(seen, entries.length)] : entries;
}

function presentList(walk: Walk, seen: Container): ContextValue {
  if (seen.size === 0) return formatScalar(null);
  const items = seen.children.slice(0, Math.max(walk.valuesLeft, 0)).map(({ value }) => look(walk, value));
  const more = items.length < seen.size ? [leftOut(seen, items.length)] : [];
  if (items.length > 0 && items.every((item) => item.kind === 'map')) {
    const blocks = items.map((item) => rowsOf(walk, item));
    return { kind: 'blocks', blocks: more.length > 0 ? [...blocks, more] : blocks };
  }
  return { kind: 'list', items: [...items.map((item) => present(walk, item)), ...more.map(({ value }) => value)] };
}

/** The entries of a section or block: those of a map, or one entry without a label for any other value. */
function rowsOf(walk: Walk, seen: InspectedHostValue): ContextEntry[] {
  const value = present(walk, seen);
  return value.kind === 'group' ? value.entries : [{ label: '', value }];
}

function look(walk: Walk, value: unknown): InspectedHostValue {
  return inspectHostValue(value, Math.min(maxContextEntries, Math.max(walk.valuesLeft, 0)));
}

function within<T>(walk: Walk, seen: Container, work: () => T): T {
  const { parents } = walk;
  walk.parents = [...parents, seen.source];
  try {
    return work();
  } finally {
    walk.parents = parents;
  }
}

function leftOut(seen: Container, shown = seen.children.length): ContextEntry {
  return { label: '', value: { kind: 'truncated', reason: `${seen.size - shown} more` } };
}

function cut(walk: Walk, text: string): string {
  const label = stripControlCharacters(text.length > maxLabelLength ? `${text.slice(0, maxLabelLength)}…` : text);
  walk.charactersLeft -= label.length;
  return label;
}
