/** Whom a clinician approved for a referral and nobody has asked, as the directory in force lists them now. */
import { openOptions } from '@refloop/domain/referral/options';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Card, MatchInput } from '../client/match.ts';
import type { Unit } from '../store/store.ts';
import { keptOf } from './kept.ts';
import type { MatchingService } from './matching.ts';

/** What the clinician asked for; undefined where it is not kept with the referral. */
export async function requestOf(unit: Unit, { order }: Referral): Promise<MatchInput | undefined> {
  if (order.status === 'draft') return undefined;
  const stored = await unit.recommendations.get(order.approval.recommendationId);
  return stored && keptOf(stored).input.request.match;
}

/** In network still, and taking patients: an approval is no word on what the directory says by now. */
export function optionsListed(matching: MatchingService, request: MatchInput, referral: Referral, now: Date): Card[] {
  return openOptions(referral).flatMap(({ entryId }) => {
    const card = matching.assess(request, entryId, now);
    return 'refused' in card || card.network.status !== 'in' || card.exclusion !== null ? [] : [card];
  });
}

/** The same of a referral whose request has to be read first. */
export async function optionsNow(unit: Unit, matching: MatchingService, referral: Referral, now: Date): Promise<Card[]> {
  if (openOptions(referral).length === 0) return [];
  const request = await requestOf(unit, referral);
  return request ? optionsListed(matching, request, referral, now) : [];
}
