/** Who may be asked too, where the chosen specialist cannot or the patient prefers another: approved with the referral, each judged anew. */
import { MOST_ALTERNATES, type Performer } from '@refloop/domain/referral/event';
import type { WorkingCopy } from '../client/recommendation.ts';
import { problem, type Refusal } from '../problem.ts';
import { performerOf } from './chosen-performer.ts';
import type { Kept } from './kept.ts';
import type { MatchingService } from './matching.ts';

/**
 * In the order in which they are ranked. Only what the clinician was shown as ranked and in network counts, and only while the directory in
 * force lists it so (R38, R57): nobody else may be asked without an approval of their own.
 */
export function alternatesOf(
  deps: { matching: MatchingService },
  { match, input }: Kept,
  { chosen, alternates }: WorkingCopy,
  now: Date,
): Performer[] | Refusal {
  if (alternates.length > MOST_ALTERNATES)
    return refused('invalid-request', 'too many', `At most ${MOST_ALTERNATES} further specialists are approved.`);
  const matcher = deps.matching.matcher();
  if ('refused' in matcher) return matcher;
  const taken = new Set([matcher.entry(chosen ?? '')?.npi]);
  const approved: Performer[] = [];
  for (const entryId of alternates) {
    const shown = match.ranked.find((card) => card.entryId === entryId);
    if (!shown) return refused('invalid-request', 'not ranked', 'Somebody who may be asked too is not among the ranked of this list.');
    if (taken.has(shown.npi)) return refused('invalid-request', 'named twice', `${shown.name} is chosen, or ticked, already.`);
    taken.add(shown.npi);
    const card = deps.matching.assess(input.request.match, entryId, now);
    const changed = `The directory was updated after you were shown ${shown.name}: they are no longer listed in network for this patient.`;
    if ('refused' in card) return card.refused === 'conflict' ? refused('directory-changed', 'not in the directory', changed) : card;
    if (card.network.status !== 'in' || card.exclusion !== null) return refused('directory-changed', 'no longer listed so', changed);
    const performer = performerOf(matcher, card, shown.rank);
    if (performer) approved.push(performer);
  }
  return approved.toSorted((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
}

const refused = (kind: 'invalid-request' | 'directory-changed', message: string, detail: string): Refusal => {
  const fix = 'Untick them, or choose of the ranked list, and approve again.';
  return problem(kind, `${detail} ${fix}`, [{ field: 'working.alternates', message: `Among the alternates: ${message}`, fix }]);
};
