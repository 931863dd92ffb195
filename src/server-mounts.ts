/** What the plugins for frameworks share: they create an application's mounts and end the live streams of its pages. */

import type { CairnloopConfig, ResolvedConfig } from './config/config-schema.js';
import type { Cairnloop } from './contracts/cairnloop.js';
import type { RequestHandlers } from './http/mount.js';
import type { OperationsOptions } from './ops/operations.js';
import type { WorkspaceOptions } from './workspace/workspace.js';

type MountOptionsOf<Name extends string> = Cairnloop extends {
  [N in Name]: (options: infer Options) => RequestHandlers;
}
  ? Options
  : never;

/** The config of an instance and the mounts to create. Each path includes the prefix of the application. */
export interface InstanceOptions {
  /** The config that the file `cairnloop.config` exports. */
  config: CairnloopConfig | ResolvedConfig;
  workspace?: WorkspaceOptions;
  portal?: MountOptionsOf<'portal'>;
  /** Mounts health checks and metrics; `true` takes their paths from the config. */
  operations?: OperationsOptions | boolean;
}

/** An instance that keeps track of its mounts. */
export interface InstanceWithMounts {
  cairnloop: Cairnloop;
  /** Ends the live streams of open pages, for which a closing server would wait. */
  endStreams(): void;
}

interface Closable extends RequestHandlers {
  close?(): void;
}

type Mount = (options: unknown) => Closable;

const streaming = ['workspace', 'portal'] as const;

/** Wraps an instance so that it keeps track of its mounts, also of those that the host creates itself. */
export function withMountTracking(cairnloop: Cairnloop): InstanceWithMounts {
  const made = new Set<Closable>();
  const tracked =
    (mount: Mount): Mount =>
    (options) => {
      const mounted = mount(options);
      made.add(mounted);
      return mounted;
    };
  const given = cairnloop as unknown as Partial<Record<string, Mount>>;
  const mounts = streaming.flatMap((name) => {
    const mount = given[name];
    return mount ? [[name, tracked(mount)] as const] : [];
  });
  return {
    cairnloop: { ...cairnloop, ...Object.fromEntries(mounts) },
    endStreams: () => {
      for (const mounted of made) mounted.close?.();
    },
  };
}

/**
 * Creates the mounts that the options name, health checks first because they need no session. Throws
 * `MOUNT_OPTION_INVALID`.
 */
export function createConfiguredMounts(
  cairnloop: Cairnloop,
  { operations, workspace, portal }: InstanceOptions,
): RequestHandlers[] {
  const { portal: mountPortal } = cairnloop as { portal?: Mount };
  return [
    ...(operations ? [cairnloop.operations(operations === true ? {} : operations)] : []),
    ...(workspace ? [cairnloop.workspace(workspace)] : []),
    ...(portal && mountPortal ? [mountPortal(portal)] : []),
  ];
}
