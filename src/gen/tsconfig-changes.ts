import type { FileChange } from './change-plan.js';
import type { ConfigCompileProblem, HostSnapshot } from './host-snapshot.js';

/** The manual change of a tsconfig that would compile the config wrongly: only the host can decide on it. */
export function tsconfigChanges({ strayConfig, config }: HostSnapshot): FileChange[] {
  const changes: FileChange[] = [];
  // A config that exists already was compiled with this tsconfig before, so the layout of the output suits the host.
  if (strayConfig && (strayConfig.isError || config.text === null)) {
    const { tsconfig, reason } = strayConfig;
    changes.push(byHand(tsconfig, reason, tsconfigIncludeLine(strayConfig), 'beside "compilerOptions"'));
  }
  return changes;
}

function byHand(path: string, reason: string, line: string, place: string): FileChange {
  return { path, outcome: 'manual', before: null, after: null, reason, byHand: [{ place, lines: [line] }] };
}

/** The line that limits the tsconfig to its source folder. */
export function tsconfigIncludeLine({ folder }: ConfigCompileProblem): string {
  return `"include": [${JSON.stringify(folder)}]`;
}
