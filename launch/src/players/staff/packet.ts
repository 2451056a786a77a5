/** How the played coordinator sends a packet: as the page lets them, by the way the office prefers. */
import { z } from 'zod';
import { pressOf } from './desk.ts';
import type { Ask } from './staff-session.ts';

const Answer = z.discriminatedUnion('standing', [
  z.object({
    standing: z.literal('there'),
    packet: z.object({
      sequence: z.number(),
      revision: z.number(),
      holds: z.array(z.object({ kind: z.string() })),
      items: z.array(z.object({ removed: z.boolean(), file: z.object({ sha256: z.string().optional() }).nullable() })),
      ways: z.array(z.object({ way: z.enum(['mail', 'fax', 'link', 'fhir']), preferred: z.boolean(), hindrance: z.string().nullable() })),
    }),
  }),
  z.object({ standing: z.literal('none') }),
]);

/** Of the holds, those that a coordinator may settle by themselves; what else holds it is somebody else's. */
const SETTLED: Readonly<Record<string, object>> = {
  incomplete: { change: 'override', reason: 'Synthetic: the office does its own tests' },
  'to-be-checked': { change: 'check' },
};
const MOST_HOLDS = 4;

/** The directory names no mail address; this one is of the sandbox's own mailbox, which takes every name. */
const addressOf = (npi: string): string => `desk-${npi}@office.example.org`;

/** @returns by which way it went; undefined where it did not */
export async function sendPacket(ask: Ask, referralId: string, npi: string): Promise<'mail' | 'fax' | 'fhir' | undefined> {
  const path = `/worklist/referrals/${referralId}/packet`;
  for (let turn = 0; turn < MOST_HOLDS; turn += 1) {
    const looked = await ask('GET', path);
    const answer = looked.status === 200 ? Answer.parse(looked.body) : undefined;
    if (answer?.standing !== 'there') return undefined;
    const { sequence, revision, holds, items, ways } = answer.packet;
    // This coordinator has asked every payer, and none wants to authorize a first visit: said with the press that sends.
    const isUnsaid = holds.some(({ kind }) => kind === 'authorization-open');
    const [hold] = holds.filter(({ kind }) => kind !== 'authorization-open');
    if (hold) {
      const settled = SETTLED[hold.kind];
      // Whoever says that they looked through it says which files they were shown.
      const files = items.flatMap(({ removed, file }) => (file?.sha256 === undefined || removed ? [] : [file.sha256]));
      const what = hold.kind === 'to-be-checked' ? { ...settled, files } : settled;
      if (!settled || (await ask('PUT', path, { revision, what })).status !== 200) return undefined;
      continue;
    }
    const open = ways.filter(({ way, hindrance }) => hindrance === null && way !== 'link');
    // A link that somebody hands over goes by mail here: there is nobody to hand it to.
    const chosen = open.find(({ preferred }) => preferred) ?? open.find(({ way }) => way === 'mail') ?? open[0];
    if (!chosen || chosen.way === 'link') return undefined;
    const sent = await ask('POST', `${path}/transmissions`, {
      key: pressOf(referralId, sequence, 'packet'),
      sequence,
      revision,
      way: chosen.way,
      ...(chosen.way === 'mail' ? { address: addressOf(npi) } : {}),
      ...(isUnsaid ? { authorization: { answer: 'not-needed' } } : {}),
    });
    return sent.status < 300 ? chosen.way : undefined;
  }
  return undefined;
}
