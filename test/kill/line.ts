/** How people ask Refloop while it dies under them: they ask the same again until an answer comes. */
import type { Deployment } from './deployment.ts';
import { pause } from './deployment.ts';
import type { Fact } from './ledger.ts';

export type Body = Record<string, unknown>;
export type Answer = { status: number; body: Body };

/** The campaign stops its load: whatever was under way is left as it is. */
export class Stopped extends Error {}

export type Asked = {
  body?: unknown;
  /** A file, in place of a body. */
  file?: { bytes: Uint8Array<ArrayBuffer>; type: string };
  /** What is on record once this was answered well. */
  fact?: Fact;
};

export type Line = {
  now: () => Date;
  /** @param token of a session, or what a link was opened to; made anew for each try where it is a function */
  ask: (method: string, path: string, token: string | (() => Promise<string>), asked?: Asked) => Promise<Answer>;
  /** Until so many milliseconds have gone by, by the machine's clock. */
  wait: (milliseconds: number) => Promise<void>;
  counts: { answered: number; cutOff: number; away: number; failed: Map<string, number> };
  stop: () => void;
};

const PATIENCE_MS = 20_000;
const AGAIN_MS = 200;
/** The problem "the database does not answer", which says to ask again. */
const AWAY = 503;

export function openLine({ refloop, now }: Pick<Deployment, 'refloop' | 'now'>): Line {
  let stopped = false;
  const counts: Line['counts'] = { answered: 0, cutOff: 0, away: 0, failed: new Map() };

  async function wait(milliseconds: number): Promise<void> {
    if (stopped) throw new Stopped();
    await pause(milliseconds);
    if (stopped) throw new Stopped();
  }

  async function once(method: string, path: string, token: string, { body, file }: Asked): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${refloop}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': file?.type ?? 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(file ? { body: file.bytes } : body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Body };
    } catch {
      return undefined;
    }
  }

  return {
    now,
    counts,
    wait,
    ask: async (method, path, token, asked = {}) => {
      for (;;) {
        const given = typeof token === 'string' ? token : await token();
        if (asked.fact) asked.fact.tries += 1;
        const answer = await once(method, path, given, asked);
        if (answer?.status === AWAY) counts.away += 1;
        else if (answer) {
          counts.answered += 1;
          const well = answer.status < 300;
          if (well && asked.fact) asked.fact.told = true;
          const name = `${answer.status} ${method} ${path.replaceAll(/\/[a-z0-9-]*\d[a-z0-9-]*/gi, '/:id')}`;
          if (!well) counts.failed.set(name, (counts.failed.get(name) ?? 0) + 1);
          if (stopped) throw new Stopped();
          return answer;
        } else counts.cutOff += 1;
        await wait(AGAIN_MS);
      }
    },
    stop: () => void (stopped = true),
  };
}
