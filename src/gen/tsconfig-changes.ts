import type { FileChange } from './change-plan.js';
import type { HostSnapshot, StrayConfig } from './host-snapshot.js';

/** The manual step for a tsconfig that excludes the config: the host has to decide it. */
export function tsconfigChanges({ strayConfig, config }: HostSnapshot): FileChange[] {
  const changes: FileChange[] = [];
  // A host that was built with such a tsconfig has a layout that fits it.
  if (strayConfig && (strayConfig.isError || config.text === null)) {
    const { tsconfig, reason } = strayConfig;
    changes.push(byHand(tsconfig, reason, strayLine(strayConfig), 'beside "compilerOptions"'));
  }
  return changes;
}

function byHand(path: string, reason: string, line: string, place: string): FileChange {
  return { path, outcome: 'manual', before: null, after: null, reason, byHand: [{ place, lines: [line] }] };
}

/** The line that limits the tsconfig to its source folder. */
export function strayLine({ folder }: StrayConfig): string {
  return `"include": [${JSON.stringify(folder)}]`;
}
