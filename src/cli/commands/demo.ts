import path from 'node:path';
import { cwdOption, defineCommand, opsPortOption, workspacePortOption } from '../command.js';

export const demoCommand = defineCommand({
  options: [
    cwdOption,
    { flags: '--dir <folder>', description: 'folder to write the demo host to', default: 'cairnloop-demo' },
    workspacePortOption,
    opsPortOption,
    { flags: '--once', description: 'play the life cycle of conversations once, print it and exit' },
  ],
  examples: ['cairnloop demo', 'cairnloop demo --once'],
  async run({ options }, io) {
    const { runDemo, runDemoOnce } = await import('../demo/run-demo.js');
    const folder = path.resolve(io.cwd, options.cwd ?? '.', options.dir);
    await (options.once ? runDemoOnce : runDemo)({ folder, port: options.port, opsPort: options.opsPort }, io);
    return undefined;
  },
});
