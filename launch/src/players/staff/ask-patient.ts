/** The played coordinator calls the patient and asks whether they want texts; what the patient says is put on record as told on the telephone. */
import { z } from 'zod';
import { answersCall, wantsTexts } from '../patient-course.ts';
import { personKey } from '../visit.ts';
import { pressOf } from './desk.ts';
import type { Ask } from './staff-session.ts';

const Contact = z.object({
  mark: z.string(),
  language: z.string(),
  text: z.object({ to: z.string().nullable(), consent: z.object({ status: z.string() }) }),
  email: z.object({ to: z.string().nullable() }),
  sends: z.array(z.string()),
});

export type Asked = 'wants-texts' | 'wants-none' | 'not-reached' | 'not-asked';

/** @param times how often it was tried before */
export async function askAboutTexts(ask: Ask, seed: string, referralId: string, patient: string, times: number): Promise<Asked> {
  const path = `/worklist/referrals/${referralId}/patient-contact`;
  const { status, body } = await ask('GET', path);
  const contact = status === 200 ? Contact.parse(body) : undefined;
  if (!contact?.sends.includes('text') || contact.text.to === null || contact.text.consent.status !== 'unknown') return 'not-asked';
  const who = personKey(patient);
  if (!answersCall(seed, who, times)) return 'not-reached';
  const wanted = wantsTexts(seed, who);
  const told = await ask('PUT', path, {
    key: pressOf(referralId, 'texts', times),
    mark: contact.mark,
    how: 'telephone',
    note: 'Synthetic: told by a player of the sandbox',
    preferred: wanted ? 'text' : 'phone',
    language: contact.language,
    text: { to: contact.text.to, wanted },
    email: { to: contact.email.to ?? '', wanted: null },
  });
  return told.status !== 200 ? 'not-asked' : wanted ? 'wants-texts' : 'wants-none';
}
