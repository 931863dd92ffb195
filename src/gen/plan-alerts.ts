import { type FileChange, type FileChangePlan, planFileWrite, planSkippedFile } from './change-plan.js';
import type { FileTextsByPath, HostSnapshot } from './host-snapshot.js';

/** Names of the files of `cairnloop gen alerts`, both in Cairnloop's package and in the host. */
export const alertFileNames = ['cairnloop-alerts.yml', 'cairnloop-dashboard.json'] as const;

/** Default folder of the alert rules; `--dir` names another. */
export const defaultAlertsFolder = 'ops';

export interface AlertsRequest {
  /** Folder of the alert rules and the dashboard, relative to the host's package, with `/`. */
  folder: string;
  force: boolean;
}

/** The paths of the alert rules and the dashboard in the host. Pure. */
export function alertFilePaths({ folder }: Pick<AlertsRequest, 'folder'>): string[] {
  return alertFileNames.map((name) => (folder === '.' ? name : `${folder}/${name}`));
}

/** Plans `cairnloop gen alerts`. `own` has Cairnloop's files by name, `texts` the host's files by path. Pure. */
export function planAlerts(
  { root }: HostSnapshot,
  own: Readonly<Record<string, string>>,
  texts: FileTextsByPath,
  request: AlertsRequest,
): FileChangePlan {
  const paths = alertFilePaths(request);
  const changes = alertFileNames.map((name, at) => {
    const path = paths[at] ?? name;
    return planWriteUnlessEdited(path, texts[path] ?? null, own[name] ?? '', request.force);
  });
  const [rules, dashboard] = paths;
  const notes = [
    `Name ${rules} under rule_files in prometheus.yml, and import ${dashboard} in Grafana.`,
    'The alert rules and the dashboard need `metrics: prometheus()` in the config, and a scrape of /metrics of each worker.',
  ];
  return { root, changes, notes };
}

/**
 * Plans to write a file. One that exists with another text is skipped without `force`, because the host may have edited
 * it.
 */
export function planWriteUnlessEdited(path: string, before: string | null, after: string, force: boolean): FileChange {
  const isEdited = before !== null && before !== after;
  return isEdited && !force
    ? planSkippedFile(path, before, 'the existing file differs from the generated one; --force overwrites it')
    : planFileWrite(path, before, after);
}
