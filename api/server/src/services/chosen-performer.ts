/** The specialist the clinician chose, judged again at the moment of approving (R38). */
import { mayApprove } from '@refloop/domain/matching/override';
import type { Performer } from '@refloop/domain/referral/event';
import type { Card } from '../client/match.ts';
import type { WorkingCopy } from '../client/recommendation.ts';
import type { MatchIndex } from '../matching/match-index.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Kept } from './kept.ts';
import type { MatchingService } from './matching.ts';

const shownCards = ({ match }: Kept): Card[] => [...match.ranked, ...match.networkUnknown.cards, ...match.outOfNetwork.cards];

/** The chosen performer as the directory has it now; refused when it is not what the clinician was shown. */
export function choosePerformer(
  deps: { matching: MatchingService },
  kept: Kept,
  working: WorkingCopy,
  now: Date,
): { performer: Performer; card: Card } | Refusal {
  const { chosen } = working;
  if (chosen === null) {
    return problem('performer-missing', 'Choose a specialist, or use “Nobody fits” to close this without a referral.', [
      { field: 'working.chosen', message: 'No specialist is chosen', fix: 'Choose one of the cards or name somebody.' },
    ]);
  }
  const card = deps.matching.assess(kept.input.request.match, chosen, now);
  if ('refused' in card) return card;
  const shown = shownCards(kept).find((each) => each.entryId === chosen);
  if (shown && shown.network.status !== card.network.status) {
    return problem(
      'directory-changed',
      `The directory was updated after you were shown ${card.name}: their network status was “${shown.network.status}” and is now “${card.network.status}”. Review the new matches and approve again.`,
      [{ field: 'working.chosen', message: 'Network status changed', fix: 'Match again and choose from the new list.' }],
    );
  }
  if (shown && shown.exclusion !== card.exclusion) {
    return problem(
      'directory-changed',
      `The directory was updated after you were shown ${card.name}, and they would not be listed in the same way now${
        card.exclusion === null ? '' : ` (${card.exclusion.replaceAll('-', ' ')})`
      }. Review the new matches and approve again.`,
      [{ field: 'working.chosen', message: 'Listing changed', fix: 'Match again and choose from the new list.' }],
    );
  }
  const checked = mayApprove({ network: { status: card.network.status }, override: working.overrideReason });
  if (!checked.ok) {
    const field = `working.${checked.refusal.field}`;
    return problem('override-reason-needed', checked.refusal.fix, [{ field, message: checked.refusal.fix, fix: checked.refusal.fix }]);
  }
  const matcher = deps.matching.matcher();
  if ('refused' in matcher) return matcher;
  const performer = performerOf(matcher, card, shown?.rank ?? null);
  if (!performer) throw new Error('An assessed entry is in the directory');
  return { performer, card };
}

/** `Ana Rivera, MD`. */
export const asCard = ({ name, credential }: Card): string => (credential === null ? name : `${name}, ${credential}`);

/** As the directory in force has them; undefined where it has nobody of that entry. */
export function performerOf(matcher: Pick<MatchIndex, 'entry'>, card: Card, rank: number | null): Performer | undefined {
  const nucc = matcher.entry(card.entryId)?.nucc;
  if (nucc === undefined) return undefined;
  return { entryId: card.entryId, npi: card.npi, display: asCard(card), nucc, network: card.network.status, rank };
}
