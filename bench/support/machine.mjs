import os from 'node:os';

/** What the figures were taken on. */
export function machine() {
  const [cpu] = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GB`;
  return `${os.cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory}, ${os.type()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}
