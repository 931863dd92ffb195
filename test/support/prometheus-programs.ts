/** The real `prometheus` and `promtool` for tests, from the folder CAIRNLOOP_TEST_PROMETHEUS or from the PATH. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
}

let told = false;

/** To be called in a `describe`: its tests are skipped where the programs are missing, which is said once and loudly. */
export function usePrometheusPrograms(): PrometheusPrograms {
  const found = { prometheus: '', promtool: '' };
  before(function () {
    const folder = [
      process.env.CAIRNLOOP_TEST_PROMETHEUS ?? '',
      ...(process.env.PATH ?? '').split(path.delimiter),
    ].find((one) => one !== '' && existsSync(path.join(one, 'promtool')) && existsSync(path.join(one, 'prometheus')));
    if (folder) {
      Object.assign(found, { prometheus: path.join(folder, 'prometheus'), promtool: path.join(folder, 'promtool') });
      return;
    }
    if (!told)
      console.error('\n  !!! Prometheus is NOT tested: install it, or set CAIRNLOOP_TEST_PROMETHEUS to its folder.\n');
    told = true;
    this.skip();
  });
  return found;
}

/** Runs promtool; what it prints, and whether it succeeded. */
export function runPromtool(promtool: string, args: readonly string[], input = ''): { ok: boolean; text: string } {
  const { status, stdout, stderr } = spawnSync(promtool, args, { input, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}` };
}
