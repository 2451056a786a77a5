/**
 * The played clinician: reads the notes that came back for their own referrals and reviews them, which closes a loop by its rule, and hears who declined.
 * They approve nothing: a referral is approved by a person, and so is another specialist who is proposed.
 */
import { z } from 'zod';
import type { PlayedAct } from '../played.ts';
import { pressOf, putOnRecord, readThread } from './desk.ts';
import { getsToItAt } from './staff-course.ts';
import type { Ask } from './staff-session.ts';
import type { Row, Worklist } from './worklist.ts';

const Work = z.object({
  toReview: z.array(z.object({ referralId: z.string(), reportId: z.string(), patientName: z.string(), documentId: z.string().nullable() })),
});

export type Clinician = { ask: Ask; name: string };

/**
 * Does what is due of what the worklist says is a clinician's.
 * @param of a clinician by the subject they sign in with; undefined of whom nobody here can sign in as
 * @param done what was dealt with
 */
export async function workAsClinicians(
  { rows, calendar }: Worklist,
  of: (subject: string) => Clinician | undefined,
  done: Set<string>,
  seed: string,
  now: Date,
): Promise<PlayedAct[]> {
  const played: PlayedAct[] = [];
  for (const row of rows.values()) {
    const key = `${row.id}/${row.since}`;
    const clinician = row.owner === null || done.has(key) ? undefined : of(row.owner);
    const due = getsToItAt(seed, row, 0, calendar);
    if (!clinician || !due || due > now) continue;
    const act = row.kind === 'review' ? await review(clinician, row) : row.kind === 'hear-decline' ? await hear(clinician, row) : undefined;
    if (act === undefined) continue;
    done.add(key);
    played.push({ at: now, who: clinician.name, act, by: 'refloop' });
  }
  return played;
}

async function review({ ask }: Clinician, { referralId }: Row): Promise<'review-note' | undefined> {
  const { status, body } = await ask('GET', '/work');
  const own = status === 200 ? Work.parse(body).toReview.filter((each) => each.referralId === referralId) : [];
  let reviewed = false;
  for (const { reportId, documentId } of own) {
    // Read before it is said to be read.
    if (documentId !== null && (await ask('GET', `/work/documents/${documentId}/reading`)).status !== 200) continue;
    reviewed = (await ask('POST', '/work/reviews', { referralId, reportId })).status === 200 || reviewed;
  }
  return reviewed ? 'review-note' : undefined;
}

async function hear({ ask }: Clinician, { id, since, referralId }: Row): Promise<'hear-patient' | undefined> {
  const thread = await readThread(ask, referralId);
  const heard = thread && (await putOnRecord(ask, referralId, thread, pressOf(id, since), { act: 'patient-heard' }));
  return heard ? 'hear-patient' : undefined;
}
