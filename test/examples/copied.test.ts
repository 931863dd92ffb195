/** SvelteKit and AdonisJS without their frameworks, which `npm run test:examples` installs; a build comes before. */
import { rmSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { migrated } from '../support/started-host.js';
import { answersAsItShould, isMailed, refundsOnce, sessions } from './checks.js';
import { adonis, changeProcess, copyExample, type InProcess, svelteKit } from './in-process.js';
import { type Running, useProcesses } from './processes.js';

const examples: Record<string, (folder: string) => Promise<InProcess>> = { sveltekit: svelteKit, adonis };

for (const [name, open] of Object.entries(examples)) {
  describe(`examples/${name}`, () => {
    const { keep } = useProcesses();
    let database: TestDatabase;
    let catcher: Running;
    let folder: string;
    let host: InProcess;
    let restore: () => void;

    before(async () => {
      database = await createTestDatabase(migrated);
      folder = copyExample(name);
      catcher = keep('node examples/mail-catcher.mjs', {});
      const env = { DATABASE_URL: database.url, SMTP_URL: await catcher.listening };
      await keep('node --import tsx examples/open-conversation.ts', env).ended;
      keep(`node bin/cairnloop.js worker --cwd ${folder} --no-ops`, env);
      restore = changeProcess({ ...env, ...sessions });
      host = await open(folder);
    });
    after(async () => {
      await host.close();
      restore();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("OP3 the probes and the workspace are served beside the host's own page", () =>
      answersAsItShould(host.origin, host.send));

    it('LP1, LP8 a refund and its conversation are committed together, and its own notifier mails the answer', async () => {
      await isMailed(await refundsOnce(name, host.send, database), catcher);
    });
  });
}
