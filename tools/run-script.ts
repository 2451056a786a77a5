/** Runs one of the product's scripts to its end. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './environment.ts';

export type ScriptResult = { code: number; stdout: string };

/** Standard error goes to ours; standard output is collected. The script ends when we do. */
export function runScript(script: string, args: string[], env: Record<string, string> = {}): Promise<ScriptResult> {
  return new Promise((done, failed) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', join(ROOT, 'tools', 'end-with-parent.ts'), join(ROOT, script), ...args],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 2, 'ipc'], env: { ...process.env, ...env } },
    );
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.once('error', failed);
    child.once('exit', (code) => done({ code: code ?? 1, stdout }));
  });
}
