/**
 * What the played coordinator does with what came in by fax and is held: a note that is certainly of one patient and one referral is placed, an office's
 * answer is put on record, and whatever is not certain is left for a person.
 */
import { z } from 'zod';
import { ANSWER } from '../note-words.ts';
import { pressOf, putOnRecord, readThread } from './desk.ts';
import type { Ask } from './staff-session.ts';

const Held = z.object({
  id: z.string(),
  receivedAt: z.string(),
  why: z.string(),
  parts: z.array(z.object({ text: z.string() })),
  patients: z.array(
    z.object({
      name: z.string(),
      fields: z.array(z.object({ field: z.string(), agrees: z.string() })),
      against: z.array(z.string()),
      referrals: z.array(
        z.object({
          referralId: z.string(),
          attempt: z.number(),
          specialist: z.string(),
          writtenBy: z.string().nullable(),
          date: z.string().nullable(),
          named: z.boolean(),
        }),
      ),
    }),
  ),
});
export type Held = z.output<typeof Held>;
const List = z.object({ documents: z.array(Held) });

type Choice = { patient: string; referralId: string; attempt: number; specialist: string };

/** Name and birth date, and the record number where it is said, are the chart's; the referral is named, or the only one of its writer. */
export function certainChoice({ patients }: Pick<Held, 'patients'>): Choice | undefined {
  const sure = patients.filter(({ fields, against }) => {
    const agrees = (field: string): string => fields.find((each) => each.field === field)?.agrees ?? 'not said';
    return against.length === 0 && agrees('name') === 'yes' && agrees('born') === 'yes' && agrees('record number') !== 'no';
  });
  const [patient] = sure;
  if (!patient || sure.length > 1) return undefined;
  const written = patient.referrals.filter(({ writtenBy, date }) => writtenBy === 'same' && date !== 'before');
  const named = written.filter((each) => each.named);
  const possible = named.length > 0 ? named : written;
  const [referral] = possible;
  return referral && possible.length === 1 ? { ...referral, patient: patient.name } : undefined;
}

/** What an office answered, as somebody puts it on record; undefined of what it did not say so. */
export function actOf(text: string, at: string): object | undefined {
  const answer = new RegExp(`^${ANSWER}: *(.+)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  if (answer === 'accepted') return { act: 'accepted', at };
  if (answer.startsWith('no-show')) return { act: 'missed', at };
  const [, startsAt] = /^booked for (\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(answer) ?? [];
  if (startsAt !== undefined) return { act: 'booked', startsAt, at };
  const [, reason] = /^declined: ([a-z ]+)$/.exec(answer) ?? [];
  return reason === undefined ? undefined : { act: 'declined', reason: reason.replaceAll(' ', '-'), at };
}

export type Settled = { id: string; patient: string; act: 'place-note' | 'put-answer-on-record' };

/** Held for something that a note may have, and that a person settles by looking. */
const OF_A_NOTE: readonly string[] = ['patient-uncertain', 'referral-uncertain'];

/**
 * Looks through what is held and has come before this moment.
 * @param left those that were left for a person before
 */
export async function workHeldNotes(ask: Ask, before: Date, left: Set<string>): Promise<Settled[]> {
  const { status, body } = await ask('GET', '/inbound/documents');
  if (status !== 200) return [];
  const settled: Settled[] = [];
  for (const document of List.parse(body).documents) {
    const { id, receivedAt, why, parts } = document;
    if (left.has(id) || Date.parse(receivedAt) > before.getTime()) continue;
    const choice = certainChoice(document);
    const act = actOf(parts.map(({ text }) => text).join('\n'), receivedAt);
    const done = choice && (act ? await answered(ask, id, choice, act) : OF_A_NOTE.includes(why) && (await placed(ask, id, choice)));
    if (choice && done) settled.push({ id, patient: choice.patient, act: act ? 'put-answer-on-record' : 'place-note' });
    else left.add(id);
  }
  return settled;
}

async function placed(ask: Ask, id: string, { referralId, attempt }: Choice): Promise<boolean> {
  return (await ask('POST', `/inbound/documents/${id}/placing`, { referralId, attempt, form: 'final' })).status === 200;
}

async function answered(ask: Ask, id: string, { referralId, specialist }: Choice, act: object): Promise<boolean> {
  const thread = await readThread(ask, referralId);
  // What a specialist says who is not asked any more is for a person.
  if (thread?.performer?.name !== specialist) return false;
  if (!(await putOnRecord(ask, referralId, thread, pressOf(id, 'answer'), act))) return false;
  const reason = 'The office’s answer, which is on record in its referral';
  return (await ask('POST', `/inbound/documents/${id}/setting-aside`, { reason })).status === 200;
}
