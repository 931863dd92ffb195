/** What the plugins for frameworks have in common: which mounts an application has, and how their streams end. */

import type { CairnloopConfig, ResolvedConfig } from './config/config-schema.js';
import type { Cairnloop } from './contracts/cairnloop.js';
import type { Mounted } from './http/mount.js';
import type { OperationsOptions } from './ops/operations.js';
import type { WorkspaceOptions } from './workspace/workspace.js';

type MountOptionsOf<Name extends string> = Cairnloop extends { [N in Name]: (options: infer Options) => Mounted }
  ? Options
  : never;

/** An instance and what of it is mounted. A path includes the prefix of the application. */
export interface InstanceOptions {
  /** What `cairnloop.config` exports. */
  config: CairnloopConfig | ResolvedConfig;
  workspace?: WorkspaceOptions;
  portal?: MountOptionsOf<'portal'>;
  /** Health and metrics; `true` for the paths that the config names. */
  operations?: OperationsOptions | boolean;
}

/** An instance that knows what was mounted of it. */
export interface InstanceWithMounts {
  cairnloop: Cairnloop;
  /** Ends the live streams of open pages: a server that closes would wait for them. */
  endStreams(): void;
}

interface Closable extends Mounted {
  close?(): void;
}

type Mount = (options: unknown) => Closable;

const streaming = ['workspace', 'portal'] as const;

/** Wraps the instance so that it tracks its mounts, also those that the host creates itself. */
export function trackMounts(cairnloop: Cairnloop): InstanceWithMounts {
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

/** The mounts that the options name: probes first, which sign nobody in. Throws `MOUNT_OPTION_INVALID`. */
export function createConfiguredMounts(
  cairnloop: Cairnloop,
  { operations, workspace, portal }: InstanceOptions,
): Mounted[] {
  const { portal: mountPortal } = cairnloop as { portal?: Mount };
  return [
    ...(operations ? [cairnloop.operations(operations === true ? {} : operations)] : []),
    ...(workspace ? [cairnloop.workspace(workspace)] : []),
    ...(portal && mountPortal ? [mountPortal(portal)] : []),
  ];
}
