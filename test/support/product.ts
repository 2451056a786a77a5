/** Starts the whole product as `npm start` does, on ports and a state folder of its own, and ends it again. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../../tools/free-port.ts';
import { copyState, temporaryState } from '../../tools/test-state.ts';

const root = resolve(import.meta.dirname, '..', '..');

export type Product = {
  ehr: string;
  refloop: string;
  state: string;
  pid: number;
  millisecondsToHealthy: number;
  stop: () => Promise<void>;
};

const healthy = async (url: string): Promise<boolean> => (await fetch(`${url}/health`).catch(() => undefined))?.status === 200;

/**
 * `state` names a folder to keep; without one a temporary folder is used and removed at the end. Such a one begins where a first start
 * ended, where the run has made one (`REFLOOP_FIRST_STATE`) and no arguments say with what to start.
 */
export async function startProduct(
  options: { state?: string; args?: string[]; env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Product> {
  const state = options.state ?? temporaryState('refloop-product-');
  const first = process.env['REFLOOP_FIRST_STATE'];
  if (first && options.state === undefined && options.args === undefined) copyState(first, state);
  const [ehrPort, refloopPort] = [await freePort(), await freePort()];
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'tools', 'start.ts'), ...(options.args ?? [])],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Without the simulated practice, unless a test asks for it: it would take half of the machine for a minute.
      env: {
        ...process.env,
        REFLOOP_HISTORY: 'off',
        ...options.env,
        REFLOOP_STATE: state,
        REFLOOP_EHR_PORT: String(ehrPort),
        REFLOOP_PORT: String(refloopPort),
      },
    },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-6000);
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    if (options.state === undefined) rmSync(state, { recursive: true, force: true });
  };
  const [ehr, refloop] = [`http://localhost:${ehrPort}`, `http://127.0.0.1:${refloopPort}`];
  const deadline = Date.now() + (options.timeoutMs ?? 600_000);
  while (!((await healthy(ehr)) && (await healthy(refloop)))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The product did not start:\n${log}`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  return { ehr, refloop, state, pid: child.pid ?? 0, millisecondsToHealthy: performance.now() - started, stop };
}
