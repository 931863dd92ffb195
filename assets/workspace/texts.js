// The texts of this script in the operator's language, as the page brings them.

let texts = null;
let rules = null;

/** For dates and numbers. */
export const locale = () => document.documentElement.lang;

/** A text by its key, with `{…}` filled in; numbers as the language writes them. */
export const t = (key, values = {}) => fill(all()[key] ?? key, values);

/** A text about a number, in the plural form that the language has for it. */
export function tCount(stem, count, values = {}) {
  rules ??= new Intl.PluralRules(locale());
  const form = `${stem}_${rules.select(count)}`;
  return t(form in all() ? form : `${stem}_other`, { count, ...values });
}

function all() {
  texts ??= JSON.parse(document.getElementById('script').dataset.texts);
  return texts;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? written(values[name]) : whole));
}

const written = (value) => (typeof value === 'number' ? value.toLocaleString(locale()) : String(value));
