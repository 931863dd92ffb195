import type { CairnloopConfig } from '../../src/config/config-types.js';
import type { StartedHost, StartOptions } from '../support/started-host.js';
import type { ServedWorkspace, serveWorkspace } from './served-workspace.js';

export type HostConfig = Omit<CairnloopConfig, 'database'>;

/** A host without a worker, its workspace, and one conversation that a customer has opened. */
export interface OpenThread extends StartedHost {
  workspace: ServedWorkspace;
  id: string;
  /** The page of the conversation, with the customer's facts awaited. */
  page(): ReturnType<ServedWorkspace['get']>;
}

/** What opens one, with what `useHosts` and `useWorkspaces` give. */
export function threadOpener(
  startHost: (config: HostConfig, options: StartOptions) => Promise<StartedHost>,
  serve: typeof serveWorkspace,
) {
  return async (config: HostConfig = {}, actorId: string | null = 'c-1'): Promise<OpenThread> => {
    const host = await startHost(config, { worker: false });
    const workspace = await serve(host);
    const { id } = await host.cairnloop.conversations.open({ actorId, subject: 'Export', message: 'It fails' });
    return { ...host, workspace, id, page: () => workspace.get(`/c/${id}?context=wait`) };
  };
}
