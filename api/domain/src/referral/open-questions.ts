/** What offices asked and nobody has answered: each office by itself, since what one was told is no answer to another. */
import type { Instant } from '../instant.ts';
import type { Referral } from './referral.ts';

/** `at`: of the first question since the last answer, which waits longest. */
export type OpenQuestion = { attempt: number; at: Instant };

/** The one that waits longest first. */
export function openQuestions({ messages }: Pick<Referral, 'messages'>): OpenQuestion[] {
  const attempts = [...new Set(messages.map(({ attempt }) => attempt))];
  return attempts
    .flatMap((attempt): OpenQuestion[] => {
      const ofOne = messages.filter((each) => each.attempt === attempt);
      const asked = ofOne[ofOne.findLastIndex(({ from }) => from === 'practice') + 1];
      return asked ? [{ attempt, at: asked.at }] : [];
    })
    .sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : left.attempt - right.attempt));
}
