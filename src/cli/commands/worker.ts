import { configOption, cwdOption, defineCommand, logLevelOption, wholeNumberParser } from '../command.js';
import { readConfigFile } from '../host-database.js';

export const workerCommand = defineCommand({
  options: [
    cwdOption,
    configOption,
    {
      flags: '--port <number>',
      description: 'port of the ops server (default: ops.port, 9464)',
      parse: wholeNumberParser('--port', { min: 0, max: 65_535 }),
    },
    { flags: '--no-ops', description: 'do not serve /health and /metrics' },
    logLevelOption,
  ],
  examples: ['cairnloop worker', 'cairnloop worker --port 8080', 'cairnloop worker --no-ops'],
  exitCodes: {
    0: 'stopped by a signal, after running callbacks finished',
    1: 'could not start (config, database, migrations, job store or port), or an uncaught error ended it',
    130: 'ended at once by a second Ctrl-C (SIGINT)',
    137: 'killed itself: a callback blocked the event loop for longer than callbackTimeoutMs and leaseMs',
    143: 'ended at once by a second SIGTERM',
  },
  async run({ options }, io) {
    const { runWorker } = await import('../run/run-worker.js');
    const { config, configFile } = await readConfigFile(options, io);
    // Stop catching errors of host code: a worker that survived an uncaught error would hide it from its supervisor.
    io.host?.stop();
    await runWorker({
      config,
      configFile,
      logLevel: options.logLevel,
      ops: options.ops ? { host: config.ops.host, port: options.port ?? config.ops.port } : null,
      onReady: ({ ops }) => {
        const where = ops ? `; health and metrics on http://${ops.host}:${ops.port}` : '';
        io.stderr.write(`Worker is running (concurrency ${config.worker.concurrency})${where}\n`);
      },
      onStopping: (reason) => io.stderr.write(`${reason}: finishing running callbacks; a second signal ends at once\n`),
    });
    io.stderr.write('Worker stopped\n');
    return undefined;
  },
});
