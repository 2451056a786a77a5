/** What runs in this process, and how it ends: nothing loses what it stands on, and nobody is sent here meanwhile. */
import type { HttpServer } from '../http-server.ts';
import { type Foundation, pause } from './foundation.ts';

/** Open requests get this long to end once the port is closed, and the connections to the database once those have ended. */
const DRAIN_MS = 5000;
const CLOSE_MS = 2000;
/** The first signal often comes twice, from the terminal to the whole group and from the start script; one after this means: hurry. */
const SAME_SIGNAL_MS = 1000;

/** In the order in which they are ended. */
const PARTS = [
  'clock',
  'directory',
  'history',
  'refresh',
  'engine',
  'reconciliation',
  'reports',
  'outbox',
  'inbound',
  'capture',
  'chart looks',
  'sequencer',
  'keys',
  'store',
] as const;
type Part = (typeof PARTS)[number];

export type Running = {
  /** What ends this part, from now on. */
  add: (part: Part, end: () => Promise<void>) => void;
  serve: (server: HttpServer) => void;
  /** Says that it will end, so that nobody is sent here any more; then lets open requests end; then ends what they stood on. */
  stop: (code: number) => Promise<never>;
  isStopping: () => boolean;
};

export function createRunning({ config, readiness, failing }: Foundation): Running {
  const ends = new Map<Part, () => Promise<void>>();
  const hurry = new AbortController();
  let server: HttpServer | undefined;
  let stoppingSince: number | undefined;

  return {
    add: (part, end) => void ends.set(part, end),
    serve: (opened) => {
      server = opened;
    },
    isStopping: () => stoppingSince !== undefined,
    stop: async (code) => {
      if (stoppingSince !== undefined) {
        if (Date.now() - stoppingSince > SAME_SIGNAL_MS) hurry.abort();
        return new Promise<never>(() => undefined);
      }
      stoppingSince = Date.now();
      readiness.stopping();
      server?.drain();
      hurry.signal.addEventListener('abort', () => server?.cut());
      const hurried = new Promise((done) => hurry.signal.addEventListener('abort', done));
      await Promise.race([pause(code === 0 ? config.drainSeconds * 1000 : 0), hurried]);
      await server?.close(hurry.signal.aborted ? 0 : DRAIN_MS);
      const closed = async (): Promise<void> => {
        for (const part of PARTS) await ends.get(part)?.().catch(failing('stop'));
      };
      // A database that hangs does not answer to being left either.
      await Promise.race([closed(), pause(CLOSE_MS)]);
      return process.exit(code);
    },
  };
}
