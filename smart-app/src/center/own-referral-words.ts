/** What is owed of one's own referral, in a sentence: what, of whom, by whom, since when and by when. */
import type { OwnReferral } from '@refloop/server/client/own-referrals';
import { plainTime } from '../words/plain-date.ts';

type Owed = NonNullable<OwnReferral['owed']>;

/** Who is outside of the practice. */
const OUTSIDE: Partial<Record<NonNullable<Owed['waitingOn']>, string>> = {
  specialist: 'the specialist’s office',
  patient: 'the patient',
  payer: 'the payer',
};

function withWords({ waitingOn, owner, mine }: Owed): string {
  const on = waitingOn === null ? undefined : OUTSIDE[waitingOn];
  if (on === undefined) return `With ${mine ? 'you' : (owner ?? 'nobody')}`;
  if (mine) return `You wait for ${on}`;
  return owner === null ? `Waits for ${on}` : `${owner} waits for ${on}`;
}

/** @param now when it was read */
export function owedWords(owed: Owed, now: Date): string {
  const { next, since, dueAt, others } = owed;
  const by = Date.parse(dueAt) < now.getTime() ? `overdue since ${plainTime(dueAt, now)}` : `due ${plainTime(dueAt, now)}`;
  const more = others === 0 ? '' : others === 1 ? ' One more thing is owed.' : ` ${others} more things are owed.`;
  return `${next}. ${withWords(owed)} since ${plainTime(since, now)}, ${by}.${more}`;
}
