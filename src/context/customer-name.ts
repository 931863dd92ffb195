/** The longest text that counts as a name, in characters. */
const maxLength = 200;

const nameKeys = ['name', 'fullname', 'displayname', 'customername'];
/** Keys of sections about a person, whose `name` is the customer's; the `name` of a plan or a company is not. */
const personSection = /customer|user|contact|person|profile|member|client|account ?(?:holder|owner)/i;

/**
 * Finds the customer's name in the facts of a ContextProvider: a text under `name`, `fullName`, `displayName` or
 * `customerName`, at the top level or in a section about a person. Returns null if there is none. Pure.
 */
export function findCustomerName(facts: Record<string, unknown> | null): string | null {
  if (!facts) return null;
  const sections = Object.entries(facts).filter(([key, value]) => personSection.test(key) && isMap(value));
  for (const map of [facts, ...sections.map(([, value]) => value as Record<string, unknown>)]) {
    const name = nameIn(map);
    if (name) return name;
  }
  return null;
}

function nameIn(map: Record<string, unknown>): string | null {
  for (const [key, value] of Object.entries(map)) {
    if (!nameKeys.includes(key.replace(/[^a-z]/gi, '').toLowerCase()) || typeof value !== 'string') continue;
    const name = value.replace(/\s+/g, ' ').trim();
    if (name !== '' && name.length <= maxLength) return name;
  }
  return null;
}

const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
