import { execFile } from 'node:child_process';

export interface GitResult {
  /** Undefined where git is not installed, or did not end within five seconds. */
  exitCode: number | undefined;
  stdout: string;
}

/** Runs a git command that only reads; `input` is its standard input. */
export function runGit(cwd: string, args: readonly string[], input = ''): Promise<GitResult> {
  return new Promise((resolve) => {
    const git = execFile('git', args, { cwd, timeout: 5000, windowsHide: true }, (error, stdout) => {
      resolve({ exitCode: error ? (git.exitCode ?? undefined) : 0, stdout });
    });
    // Git may end before it has read its input, outside a repository for example.
    git.stdin?.on('error', () => {});
    git.stdin?.end(input);
  });
}
