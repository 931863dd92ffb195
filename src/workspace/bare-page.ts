import { createHash } from 'node:crypto';
import { securityHeaders } from '../http/security-headers.js';
import { currentLocalizedTexts } from './translate.js';

/** A page without layout, which uses neither database nor customer data. */
export interface BarePage {
  status: 401 | 503;
  /** The error code in a JSON response. */
  code: 'SIGNED_OUT' | 'OPERATOR_UNCONFIGURED' | 'UNAVAILABLE';
  title: string;
  text: readonly string[];
  /** A line of code shown on the page for copying. */
  example?: string;
  link?: { href: string; label: string };
}

/** Responds to an unidentified visitor: with HTML to a browser, with JSON if requested, else with plain text. */
export function respondWithBarePage(request: Request, page: BarePage): Response {
  const accept = request.headers.get('accept') ?? '';
  const headers: Record<string, string> = { ...securityHeaders, vary: 'accept, accept-language' };
  const answer = (type: string, body: string) =>
    new Response(request.method === 'HEAD' ? null : body, {
      status: page.status,
      headers: { ...headers, 'content-type': `${type}; charset=utf-8` },
    });
  if (accept.includes('text/html')) {
    headers['content-security-policy'] = (securityHeaders['content-security-policy'] ?? '').replace(
      "style-src 'self'",
      `style-src '${styleHash}'`,
    );
    return answer('text/html', markup(page));
  }
  if (/\bapplication\/json\b/.test(accept)) return answer('application/json', JSON.stringify(asJson(page)));
  return answer('text/plain', asText(page));
}

function asJson({ code, title, text, link }: BarePage): object {
  const message = [title, ...text].join(' ');
  return { error: { code, message, ...(link && { signInUrl: link.href }) } };
}

function asText({ title, text, example, link }: BarePage): string {
  const parts = [
    title,
    ...text,
    ...(example ? [`  ${example}`] : []),
    ...(link ? [`${link.label}: ${link.href}`] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markup({ title, text, example, link }: BarePage): string {
  return `<!doctype html>
<html lang="${currentLocalizedTexts().locale}" dir="${currentLocalizedTexts().dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${style}</style></head>
<body><main><svg viewBox="0 0 24 24" aria-hidden="true"><ellipse cx="12" cy="18.6" rx="9" ry="3.6"/>
<ellipse cx="11.4" cy="11.9" rx="6.2" ry="3"/><ellipse cx="12.6" cy="6.3" rx="3.7" ry="2.4"/></svg>
<h1>${escaped(title)}</h1>
${text.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')}
${example ? `<pre tabindex="0"><code>${escaped(example)}</code></pre>` : ''}
${link ? `<p><a href="${escaped(link.href)}">${escaped(link.label)}</a></p>` : ''}
</main></body></html>
`;
}

/** The stylesheet, inlined and allowed by its hash, because unidentified visitors are served no asset files. */
const style = `
:root { color-scheme: light dark; }
body { display: grid; min-height: 100dvh; margin: 0; place-items: center; background: light-dark(#ebe8e1, #121412);
  color: light-dark(#23211d, #eae8e2); font: 1rem/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
main { box-sizing: border-box; width: min(460px, calc(100vw - 32px)); margin: 16px; border-radius: 12px;
  border: 1px solid light-dark(#dfdad0, #2e332f); background: light-dark(#fff, #212421); padding: 28px 30px; }
svg { width: 34px; height: 34px; fill: light-dark(#1d5c4b, #8ad1b9); }
h1 { margin: 8px 0; font-size: 1.2rem; line-height: 1.3; }
p { margin: 0 0 12px; color: light-dark(#4e4a42, #c0bdb4); overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: 0; border-radius: 7px; background: light-dark(#efece6, #151715); padding: 10px 12px;
  font-size: .8125rem; }
a { display: inline-block; margin-top: 6px; border-radius: 7px; background: light-dark(#1d5c4b, #2c7762); color: #fff;
  padding: 8px 16px; font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid light-dark(#1d5c4b, #8ad1b9); outline-offset: 2px; }
`;

const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
