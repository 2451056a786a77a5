/** One referral on the desk of somebody who works on it: its thread, and what they put on record there. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Ask } from './staff-session.ts';

const Thread = z.object({
  sequence: z.number(),
  status: z.string(),
  patientName: z.string(),
  performer: z.object({ name: z.string(), npi: z.string() }).nullable(),
  appointment: z.object({ startsAt: z.string() }).nullable(),
  acts: z.array(z.string()),
  offices: z.array(z.object({ act: z.string(), attempts: z.array(z.object({ attempt: z.number(), name: z.string() })) })),
  mayAskNext: z.boolean(),
  reach: z.object({ patient: z.object({ phone: z.string(), texts: z.string() }) }),
});
export type Thread = z.output<typeof Thread>;

/** @returns undefined where there is none, or it cannot be read now */
export async function readThread(ask: Ask, referralId: string): Promise<Thread | undefined> {
  const { status, body } = await ask('GET', `/worklist/referrals/${referralId}`);
  return status === 200 ? Thread.parse(body) : undefined;
}

/** One press, the same for the same thing in any play that begins alike. */
export const pressOf = (...about: readonly (string | number)[]): string =>
  `player-${createHash('sha256').update(about.join('/')).digest('hex').slice(0, 40)}`;

/** @returns whether it is on record */
export async function putOnRecord(ask: Ask, referralId: string, thread: Thread, key: string, what: object): Promise<boolean> {
  const { status } = await ask('POST', `/worklist/referrals/${referralId}/acts`, { key, sequence: thread.sequence, what });
  return status === 200;
}
