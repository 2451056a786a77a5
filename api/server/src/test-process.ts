/** For tests: Refloop as a process of its own, as `npm start` and a site's container start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../tools/free-port.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

export type Started = {
  child: ChildProcess;
  port: number;
  url: string;
  /** What it has written so far. */
  errors: () => string;
  ended: Promise<[number | null, NodeJS.Signals | null]>;
};

/** Starts processes on one database and ends what still runs of them. */
export function processes(databaseUrl: string): {
  /** @param preload modules loaded before Refloop, to which messages can be sent */
  start: (environment?: Record<string, string>, preload?: readonly string[]) => Promise<Started>;
  endAll: () => Promise<void>;
} {
  const children: ChildProcess[] = [];
  return {
    start: async (environment = {}, preload = []) => {
      const port = Number(environment['REFLOOP_PORT'] ?? (await freePort()));
      const loads = preload.flatMap((file) => ['--import', file]);
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...loads, MAIN], {
        stdio: ['ignore', 'pipe', 'pipe', ...(preload.length > 0 ? ['ipc' as const] : [])],
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          DATABASE_URL: databaseUrl,
          REFLOOP_PORT: String(port),
          ...environment,
        },
      });
      children.push(child);
      let text = '';
      const note = (chunk: Buffer): void => {
        text += chunk.toString();
      };
      child.stdout?.on('data', note);
      child.stderr?.on('data', note);
      const ended = once(child, 'exit') as Started['ended'];
      return { child, port, url: `http://127.0.0.1:${port}`, errors: () => text, ended };
    },
    endAll: async () => {
      for (const child of children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
  };
}

/** The status of an answer; a port that is not open counts as 0. */
export const statusOf = async (url: string, init?: RequestInit): Promise<number> => {
  try {
    const response = await fetch(url, init);
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
};

/** The sentence in which /health says why it does not serve. */
export const reasonOf = async ({ url }: Started): Promise<string> =>
  ((await (await fetch(`${url}/health`)).json()) as { detail?: string }).detail ?? '';

/** Waits until it serves; throws with what it wrote where it does not within half a minute, or the time that is given. */
export async function untilReady(refloop: Started, patienceMs = 30_000): Promise<void> {
  const until = Date.now() + patienceMs;
  while ((await statusOf(`${refloop.url}/health`)) !== 200) {
    if (Date.now() > until || refloop.child.exitCode !== null) throw new Error(`Refloop does not serve:\n${refloop.errors()}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
