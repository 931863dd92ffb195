import type { FileChange } from './change-plan.js';
import type { HostSnapshot, StrayConfig } from './host-snapshot.js';

/** What to do by hand about a config that the host's build trips over: a tsconfig is the host's to decide. */
export function strayChanges({ strayConfig }: HostSnapshot): FileChange[] {
  if (!strayConfig) return [];
  const { tsconfig, reason } = strayConfig;
  const place = 'beside "compilerOptions"';
  return [
    { path: tsconfig, outcome: 'manual', before: null, after: null, reason, lines: [strayLine(strayConfig)], place },
  ];
}

/** The line that keeps the tsconfig to the folder that it is meant for. */
export function strayLine({ folder }: StrayConfig): string {
  return `"include": [${JSON.stringify(folder)}]`;
}
