import { expect, test } from 'vitest';
import { plainTime } from '../words/plain-date.ts';
import { owedWords } from './own-referral-words.ts';

const now = new Date('2026-11-30T12:00:00.000Z');
const [since, dueAt] = ['2026-11-27T12:00:00.000Z', '2026-12-02T12:00:00.000Z'];
const owed = { next: 'Get an answer', waitingOn: 'specialist', since, dueAt, owner: 'Kim', mine: false, others: 0 } as const;
const from = plainTime(since, now);
const until = plainTime(dueAt, now);

test.each([
  [owed, `Get an answer. Kim waits for the specialist’s office since ${from}, due ${until}.`],
  [{ ...owed, mine: true }, `Get an answer. You wait for the specialist’s office since ${from}, due ${until}.`],
  [{ ...owed, waitingOn: 'clinician', mine: true } as const, `Get an answer. With you since ${from}, due ${until}.`],
  [{ ...owed, waitingOn: 'coordinator' } as const, `Get an answer. With Kim since ${from}, due ${until}.`],
  [{ ...owed, waitingOn: null, owner: null }, `Get an answer. With nobody since ${from}, due ${until}.`],
  [{ ...owed, waitingOn: 'patient', owner: null } as const, `Get an answer. Waits for the patient since ${from}, due ${until}.`],
  [
    { ...owed, dueAt: since, others: 1 },
    `Get an answer. Kim waits for the specialist’s office since ${from}, overdue since ${from}. One more thing is owed.`,
  ],
  [{ ...owed, others: 2 }, `Get an answer. Kim waits for the specialist’s office since ${from}, due ${until}. 2 more things are owed.`],
])('what is owed of one’s own referral, in a sentence: %#', (each, words) => {
  expect(owedWords(each, now)).toBe(words);
});
