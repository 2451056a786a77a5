/**
 * The telephone company of the sandbox: takes the practice's text messages in the form in which Refloop hands them to an HTTP gateway, keeps the newest
 * in memory, and hands the practice what patients write, signed as Refloop's site file says. It sends nothing on.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What lets the practice in, and what signs what its patients write: of the file that both sides are started with. */
const Secrets = z.object({ key: z.string().min(32), secret: z.string().min(32) });

export const TakenText = z.strictObject({
  id: z.string().min(1).max(200),
  from: z.string().max(40),
  /** E.164. */
  to: z.string().regex(/^\+\d{8,15}$/, 'Not a number such as +15105550123'),
  text: z.string().min(1).max(4000),
});
export type TakenText = z.infer<typeof TakenText>;

export type KeptText = {
  /** 1, 2, 3 … in the order in which they came. */
  number: number;
  at: Date;
  /** Of the patient, E.164. */
  phone: string;
  by: 'practice' | 'patient';
  text: string;
};

export type Written = 'arrived' | 'not-taken';

export type TextGateway = {
  /** Newest first, of every phone. */
  texts: () => readonly KeptText[];
  /** Whether this is the practice, by the header `Authorization`. */
  isPractice: (authorization: string | undefined) => boolean;
  /** The same id twice is the same message. @returns the gateway's own id of it */
  take: (text: TakenText) => string;
  /** The patient of this phone writes to the practice; what it answers comes back to the phone. */
  write: (phone: string, text: string) => Promise<Written>;
};

export type TextGatewayOptions = {
  /** The path of the file with both secrets. */
  secretsFile: string;
  /** Where Refloop is, without a final slash. */
  refloop: string;
  /** Of the clock of the sandbox, for what is shown; and of the machine, by which signatures end. */
  now: () => Date;
  machineTime: () => Date;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

const MOST_KEPT = 300;
const MOST_IDS = 10_000;
const PATIENCE_MS = 20_000;
const Answer = z.object({ reply: z.string() });

export function createTextGateway({ secretsFile, refloop, now, machineTime, fetch }: TextGatewayOptions): TextGateway {
  const { key, secret } = Secrets.parse(JSON.parse(readFileSync(secretsFile, 'utf8')));
  const expected = Buffer.from(`Bearer ${key}`);
  const kept: KeptText[] = [];
  const taken = new Map<string, string>();
  let number = 0;

  const keep = (phone: string, by: KeptText['by'], text: string): number => {
    number += 1;
    kept.unshift({ number, at: now(), phone, by, text });
    kept.splice(MOST_KEPT);
    return number;
  };

  return {
    texts: () => kept,
    isPractice: (authorization = '') => {
      const given = Buffer.from(authorization);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
    take: ({ id, to, text }) => {
      const known = taken.get(id);
      if (known !== undefined) return known;
      const own = `text-${keep(to, 'practice', text)}`;
      taken.set(id, own);
      for (const oldest of taken.keys()) {
        if (taken.size <= MOST_IDS) break;
        taken.delete(oldest);
      }
      return own;
    },
    write: async (phone, text) => {
      const body = JSON.stringify({ id: randomUUID(), from: phone, text });
      const seconds = Math.floor(machineTime().getTime() / 1000);
      const signature = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
      keep(phone, 'patient', text);
      const answered = await fetch(`${refloop}/text-messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-refloop-signature': `t=${seconds},v1=${signature}` },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => undefined);
      const answer = answered?.ok ? Answer.safeParse(await answered.json().catch(() => undefined)) : undefined;
      if (!answer?.success) return 'not-taken';
      keep(phone, 'practice', answer.data.reply);
      return 'arrived';
    },
  };
}
