import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The scripts and styles of a page, under URLs that contain a hash of their content. */
export interface ServedAssets {
  /** The URL of a file, e.g. `main.js`. */
  href(name: string): string;
  /** The script modules besides the entry module, for preload links. */
  scripts: string[];
  /** Whether the host added a stylesheet of its own. */
  hostStyles: boolean;
  /** Finds a file by its version and name; undefined if there is none. */
  find(version: string, name: string): PageAsset | undefined;
}

export interface PageAsset {
  body: string;
  type: string;
}

type Encoding = 'br' | 'gzip';

const compressors: Record<Encoding, (body: string) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body) => promisify(gzip)(body),
};

const compressed = new WeakMap<PageAsset, Partial<Record<Encoding, Promise<Buffer>>>>();

/**
 * Responds with an asset, compressed as the browser accepts it. Pages are never compressed: they hold tokens beside
 * text that others wrote (BREACH attack).
 */
export async function assetResponse(asset: PageAsset, acceptEncoding: string | undefined): Promise<Response> {
  const encoding = encodingFor(acceptEncoding ?? '');
  const headers = {
    'content-type': asset.type,
    'cache-control': 'private, max-age=31536000, immutable',
    vary: 'accept-encoding',
  };
  if (!encoding) return new Response(asset.body, { headers });
  const made = compressed.get(asset) ?? {};
  compressed.set(asset, made);
  made[encoding] ??= compressors[encoding](asset.body);
  return new Response(new Uint8Array(await made[encoding]), { headers: { ...headers, 'content-encoding': encoding } });
}

function encodingFor(accepted: string): Encoding | undefined {
  const names = accepted
    .toLowerCase()
    .split(',')
    .filter((range) => !/;\s*q=0(?:\.0*)?\s*$/.test(range))
    .map((range) => range.split(';')[0]?.trim());
  return (['br', 'gzip'] as const).find((name) => names.includes(name));
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  rules: 'application/speculationrules+json',
};

export interface AssetFolder {
  /** The path of the mount, without a slash at its end. */
  base: string;
  folder: URL;
  /** The name of the stylesheet, and the files that are joined to make it, in order. */
  stylesheet: string;
  styles: readonly string[];
  /** The entry module of the script; the other modules are preloaded. */
  mainScript: string;
  hostStyles: string | undefined;
}

/** Reads every asset file once. All URLs contain the same version, so that relative imports work. */
export async function loadAssets({ base, folder, hostStyles, ...names }: AssetFolder): Promise<ServedAssets> {
  const files = new Map<string, PageAsset>();
  const sources = await readSources(folder);
  for (const [name, body] of sources) {
    if (!name.endsWith('.css')) files.set(name, { body, type: typeOf(name) });
  }
  const styles = names.styles.map((name) => styleOf(sources, name)).join('\n');
  files.set(names.stylesheet, { body: styles, type: typeOf(names.stylesheet) });
  if (hostStyles) files.set('host.css', { body: hostStyles, type: typeOf('host.css') });
  const version = versionOf(files);
  return {
    href: (name) => `${base}/assets/${version}/${name}`,
    scripts: [...files.keys()].filter((name) => name.endsWith('.js') && name !== names.mainScript),
    hostStyles: hostStyles !== undefined && hostStyles !== '',
    find: (wanted, name) => (wanted === version ? files.get(name) : undefined),
  };
}

/** Throws for a missing stylesheet at startup: a page without it would work, but look wrong. */
function styleOf(sources: ReadonlyMap<string, string>, name: string): string {
  const style = sources.get(`${name}.css`);
  if (style === undefined) throw new Error(`The package has no stylesheet ${name}.css`);
  return style;
}

async function readSources(folder: URL): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort();
  const bodies = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return new Map(names.map((name, index) => [name, bodies[index] ?? '']));
}

function typeOf(name: string): string {
  return types[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8';
}

function versionOf(files: Map<string, PageAsset>): string {
  const hash = createHash('sha256');
  for (const [name, { body }] of files) hash.update(name).update('\0').update(body).update('\0');
  return hash.digest('hex').slice(0, 16);
}
