/**
 * The process of one contestant in one round: `contest.mjs <contestant> <url> <step> <json>` runs a step of
 * `contestants/<contestant>.mjs` and returns what it returned. A process each, so that nobody inherits another's heap.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);

/** Runs a step in a process of its own and returns its result. */
export function inProcess(contestant, url, step, input) {
  return new Promise((resolve, reject) => {
    const child = fork(self, [contestant, url, step, JSON.stringify(input)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let answer;
    child.on('message', (message) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 && answer) resolve(answer.result);
      else reject(new Error(`${contestant} ${step} ended with exit code ${code}`));
    });
  });
}

if (process.argv[1] === self) {
  const [contestant, url, step, input] = process.argv.slice(2);
  const steps = await import(`../contestants/${contestant}.mjs`);
  const result = await steps[step](url, JSON.parse(input));
  process.send({ result }, () => process.exit(0));
}
