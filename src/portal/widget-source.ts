import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { maxMessageLength, maxSubjectLength } from './operations.js';
import type { LocalizedPortalTexts } from './strings/strings.js';

/** The widget's script, with its texts and mount path filled in. */
export interface WidgetScriptTemplate {
  in(localized: LocalizedPortalTexts, base: string): { body: string; etag: string };
}

const folder = new URL('../../assets/portal/', import.meta.url);
const styles = ['tokens.css', 'parts.css', 'widget.css'];
const maxKept = 50;

export async function loadWidgetScriptTemplate(): Promise<WidgetScriptTemplate> {
  const read = (name: string) => readFile(new URL(name, folder), 'utf8');
  const [script = '', ...sheets] = await Promise.all([read('widget.js'), ...styles.map(read)]);
  const css = sheets.map(withoutComments).join('\n');
  const kept = new Map<string, { body: string; etag: string }>();
  return {
    in({ texts, locale, dir }, base) {
      const known = kept.get(locale);
      if (known) return known;
      const limits = { message: maxMessageLength, subject: maxSubjectLength };
      const body = script.replace('__CONFIG__', () => JSON.stringify({ base, texts, locale, dir, limits, css }));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      // Limit the cache, because browsers can send any locale.
      if (kept.size < maxKept) kept.set(locale, { body, etag });
      return { body, etag };
    },
  };
}

const withoutComments = (css: string) => css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s+/g, '\n');
