/** Every block of code in README and docs is compiled, parsed or run; a build comes before. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { ts } from 'ts-morph';
import { unknownIn, wordsOf } from './commands.js';
import { type Block, blocksOf, docPages, proseOf, readPage } from './pages.js';
import { repositoryFile } from './reference-page.js';
import { compileBlocks, isTyped } from './typed-blocks.js';

const pages = [...docPages(), ...['CONTRIBUTING.md', 'examples/README.md'].map(readPage)];
const blocks = pages.flatMap(blocksOf);
const of = (language: string) => blocks.filter((block) => block.language === language);
const placeOf = ({ file, line }: Block) => `${file}:${line}`;

/** Output and drawings. What is not listed here needs a check first. */
const notCode = ['text', 'mermaid', 'html', ''];
const checked = ['ts', 'js', 'json', 'sh', 'sql'];

describe('blocks of code in README and docs', () => {
  it('are of a language that is checked here', () => {
    const others = blocks.filter(({ language }) => ![...notCode, ...checked].includes(language));
    assert.deepEqual(others.map(placeOf), []);
    assert.ok(of('ts').length > 30 && of('sh').length > 10);
  });

  describe('ts', () => {
    const typed = blocks.filter(isTyped);
    let problems: Map<Block, string[]>;
    before(async function () {
      this.timeout(120_000);
      problems = await compileBlocks(typed);
    });
    for (const block of typed)
      it(`${placeOf(block)} compiles under strict against the package's types`, () => {
        assert.deepEqual(problems.get(block), []);
      });

    it('with a mistake does not compile', async () => {
      const wrong = "await cairnloop.conversations.resolve(id, { by: 'me' });";
      const block = { file: 'wrong.md', line: 1, language: 'ts', info: '', code: wrong };
      assert.match((await compileBlocks([block])).get(block)?.join() ?? '', /TS2353/);
    }).timeout(180_000);
  });

  for (const block of of('js'))
    it(`js ${placeOf(block)} parses`, function () {
      // Lines that `init` prints, partly of several files; test/hosts runs them in their frameworks.
      if (block.info.startsWith('mount=')) return this.skip();
      const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
      const { diagnostics } = ts.transpileModule(block.code, { reportDiagnostics: true, compilerOptions });
      assert.deepEqual(
        diagnostics?.map(({ messageText }) => messageText),
        [],
      );
    });

  for (const block of of('json'))
    it(`json ${placeOf(block)} parses`, () => {
      JSON.parse(block.code);
    });

  it('sh names commands and options of Cairnloop that there are', async () => {
    const lines = of('sh').flatMap((block) => block.code.split('\n').map((line) => ({ line, at: placeOf(block) })));
    const found = await unknownCommands(lines);
    assert.deepEqual(found, []);
  });

  it('sh names scripts of package.json and files that there are', () => {
    const { scripts } = JSON.parse(readFileSync(repositoryFile('package.json'), 'utf8'));
    const code = of('sh').map((block) => block.code);
    const named = code.flatMap((text) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name));
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
    const files = code.flatMap((text) => [...text.matchAll(/\b(?:test|examples|bench)\/[\w./-]*\w/g)].map(String));
    assert.deepEqual(
      files.filter((file) => !existsSync(repositoryFile(file))),
      [],
    );
  });

  it('sql stands where it is run by a test', () => {
    assert.deepEqual([...new Set(of('sql').map(({ file }) => file))], ['docs/audit.md', 'docs/debugging.md']);
  });
});

describe('commands in the sentences of README and docs', () => {
  it('are known, with their options', async () => {
    const inline = pages.flatMap((page) =>
      [...proseOf(page).matchAll(/`([^`\n]*cairnloop [^`\n]*)`/g)]
        .map(([, line = '']) => line.replaceAll('\\|', '|'))
        // Alternatives, as `gen notifier|policy`, and places to fill in: the first one stands for all.
        .map((line) => line.replace(/\[?([a-z]+)(?:\|[a-z]+)+\]?/g, '$1'))
        .map((line) => ({ line, at: page.file })),
    );
    assert.ok(inline.length > 50);
    assert.deepEqual(await unknownCommands(inline), []);
  });

  it('are found unknown where they are', async () => {
    const lines = ['npx cairnloop gen notifer --dry', 'cairnloop deliveries list --states x', 'cairnloop deploy'];
    const found = await unknownCommands(lines.map((line) => ({ line, at: 'x' })));
    assert.deepEqual(found, ['x: --dry', 'x: --states', 'x: cairnloop deploy']);
  });
});

async function unknownCommands(lines: readonly { line: string; at: string }[]): Promise<string[]> {
  const found: string[] = [];
  for (const { line, at } of lines) {
    const words = wordsOf(line);
    if (words) found.push(...(await unknownIn(words)).map((unknown) => `${at}: ${unknown}`));
  }
  return found;
}
