/** The pages of docs/ as a site: `npm run docs:site` in the root of the repository. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

/** The groups of docs/README.md, which is the one list of the pages. */
function sidebar() {
  const index = readFileSync(new URL('../../docs/README.md', import.meta.url), 'utf8');
  return index
    .split(/^## /m)
    .slice(1)
    .map((group) => ({
      text: group.slice(0, group.indexOf('\n')),
      items: [...group.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) =>
        [...cell.matchAll(/\[([^\]]+)\]\(([^)]+\.md)\)/g)].map(([, text, link]) => ({
          text,
          link: `/${link.replace(/README\.md$/, '')}`,
        })),
      ),
    }));
}

/** Anchors as GitHub makes them, which is what the links of the pages name. */
const slugify = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');

/** Vue would take `{{customer.name}}` in a line of code for an expression of its own. */
function keepBraces(markdown) {
  const render = markdown.renderer.rules.code_inline;
  markdown.renderer.rules.code_inline = (...given) => render(...given).replace('<code', '<code v-pre');
}

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** What pages link to besides pages, as deployment files and alert rules. */
const files = /\.(?:ya?ml|json|cjs|service)$|\/Dockerfile$/;

/** Copies those files beside the pages, where their links lead. */
function copyFiles({ outDir }) {
  for (const folder of ['deploy', 'ops'])
    cpSync(path.join(docs, folder), path.join(outDir, folder), {
      recursive: true,
      filter: (source) => !source.endsWith('.md'),
    });
}

/** VitePress looks for the pages that links name, and not for the headings. */
function refuseDeadAnchors({ outDir }) {
  const names = readdirSync(outDir, { recursive: true }).filter((name) => name.endsWith('.html'));
  const pages = new Map(names.map((name) => [pathOf(name), readFileSync(path.join(outDir, name), 'utf8')]));
  const dead = [...pages].flatMap(([from, html]) =>
    [...html.matchAll(/href="([^":]*#[^"]+)"/g)].flatMap(([, link]) => {
      const { pathname, hash } = new URL(link, `http://site${from}`);
      return pages.get(pathname)?.includes(` id="${decodeURIComponent(hash.slice(1))}"`) ? [] : [`${from}: ${link}`];
    }),
  );
  if (dead.length > 0) throw new Error(`Headings that links lead to are missing:\n${dead.join('\n')}`);
}

const pathOf = (name) => `/${name.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`;

export default defineConfig({
  title: 'Cairnloop',
  description: 'Customer support inside the application that already owns the customers',
  srcDir: '../docs',
  outDir: './dist',
  cacheDir: './.cache',
  rewrites: {
    'README.md': 'index.md',
    'ops/README.md': 'ops/index.md',
    'deploy/README.md': 'deploy/index.md',
    'decisions/README.md': 'decisions/index.md',
  },
  cleanUrls: true,
  ignoreDeadLinks: [files],
  buildEnd(site) {
    copyFiles(site);
    refuseDeadAnchors(site);
  },
  markdown: { config: keepBraces, anchor: { slugify } },
  // The pages lie outside of this folder, from where Vue is not found.
  vite: {
    resolve: {
      alias: [{ find: /^vue(?=$|\/)/, replacement: fileURLToPath(new URL('../node_modules/vue', import.meta.url)) }],
    },
  },
  themeConfig: {
    nav: [
      { text: 'Quickstart', link: '/quickstart' },
      { text: 'Errors', link: '/errors' },
      { text: 'Commands', link: '/cli' },
    ],
    sidebar: sidebar(),
    search: { provider: 'local' },
    outline: [2, 3],
  },
});
