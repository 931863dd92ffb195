/** `cairnloop/nest`: one instance for a Nest application, mounted in its server, stopped with it. */
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Cairnloop, type CreateOptions, createCairnloop } from './index.js';
import {
  createConfiguredMounts,
  type InstanceOptions,
  type InstanceWithMounts,
  withMountTracking,
} from './server-mounts.js';

/** The injection token of the Cairnloop instance, for `app.get(CAIRNLOOP)` and {@link InjectCairnloop}. */
export const CAIRNLOOP: unique symbol = Symbol.for('cairnloop/nest') as never;

const MOUNTS = Symbol.for('cairnloop/nest/mounts');
const OPTIONS = Symbol.for('cairnloop/nest/options');

/** Injects the Cairnloop instance: `constructor(@InjectCairnloop() private readonly cairnloop: Cairnloop) {}` */
export const InjectCairnloop = (): PropertyDecorator & ParameterDecorator => Inject(CAIRNLOOP);

export interface CairnloopModuleOptions extends InstanceOptions {
  logger?: CreateOptions['logger'];
  /** Runs the worker in this process too. Default false: `cairnloop worker` is a process of its own. */
  worker?: boolean;
}

export interface CairnloopModuleAsyncOptions
  extends Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<CairnloopModuleOptions>, 'inject' | 'useFactory'> {
  /** Whether every module can inject the instance. Default true. */
  isGlobal?: boolean;
}

/**
 * Connects to the database once and serves its mounts before any controller, also under a global prefix. In Nest's
 * shutdown hooks it first ends live pages, so that the server can close, then closes the instance.
 */
export class CairnloopModule
  implements NestModule, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  static forRoot({ isGlobal, ...options }: CairnloopModuleOptions & { isGlobal?: boolean }): DynamicModule {
    return CairnloopModule.forRootAsync({ useFactory: () => options, ...(isGlobal === undefined ? {} : { isGlobal }) });
  }

  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
    isGlobal = true,
  }: CairnloopModuleAsyncOptions): DynamicModule {
    return {
      module: CairnloopModule,
      global: isGlobal,
      imports,
      providers: [
        { provide: OPTIONS, inject, useFactory },
        { provide: MOUNTS, inject: [OPTIONS], useFactory: connect },
        { provide: CAIRNLOOP, inject: [MOUNTS], useFactory: ({ cairnloop }: InstanceWithMounts) => cairnloop },
      ],
      exports: [CAIRNLOOP],
    };
  }

  private readonly options: CairnloopModuleOptions;
  private readonly mounts: InstanceWithMounts;
  private readonly host: HttpAdapterHost;

  constructor(options: CairnloopModuleOptions, mounts: InstanceWithMounts, host: HttpAdapterHost) {
    this.options = options;
    this.mounts = mounts;
    this.host = host;
  }

  /**
   * Adds the mounts to the server. Nest calls it while it registers routes, and only in an application with a server.
   */
  configure(): void {
    for (const { node } of createConfiguredMounts(this.mounts.cairnloop, this.options)) this.host.httpAdapter.use(node);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.options.worker) await this.mounts.cairnloop.worker.start();
  }

  beforeApplicationShutdown(): void {
    this.mounts.endStreams();
  }

  onApplicationShutdown(): Promise<void> {
    return this.mounts.cairnloop.close();
  }
}

Module({})(CairnloopModule);
for (const [index, token] of [OPTIONS, MOUNTS, HttpAdapterHost].entries()) {
  Inject(token)(CairnloopModule, undefined, index);
}

async function connect({ config, logger }: CairnloopModuleOptions): Promise<InstanceWithMounts> {
  return withMountTracking(await createCairnloop(config, logger === undefined ? {} : { logger }));
}

export type { Cairnloop };
