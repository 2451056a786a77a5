/**
 * A further specialist whom a coordinator puts to the clinician, since the clinician approved nobody who could still be asked. Nothing leaves
 * for anybody before a clinician approved them (R57): a proposal opens no attempt.
 */
import { isFree, type Moment } from './attempt.ts';
import type { RerouteReason } from './care-event.ts';
import { closedBy } from './closure.ts';
import type { Performer } from './event.ts';
import type { Referral } from './referral.ts';

/** One at most is open. `sequence` of the event that proposed it: an answer names it, so that nobody answers what they did not read. */
export type Proposal = { status: 'none' } | { status: 'open'; performer: Performer; because: RerouteReason; at: Moment; sequence: number };
export type OpenProposal = Extract<Proposal, { status: 'open' }>;

export const openProposal = ({ proposal }: Pick<Referral, 'proposal'>): OpenProposal | undefined =>
  proposal.status === 'open' ? proposal : undefined;

/** Whom the clinician refused: they are not proposed again. */
export const wasRefused = ({ refusedPerformers }: Pick<Referral, 'refusedPerformers'>, { npi }: Pick<Performer, 'npi'>): boolean =>
  refusedPerformers.some((each) => each.npi === npi);

/** A proposal lapses once another attempt is open, the loop is closed or the order is over: what it was made for is gone. */
export function withLapsed(referral: Referral): Referral {
  if (referral.proposal.status === 'none' || stands(referral)) return referral;
  return { ...referral, proposal: { status: 'none' } };
}

function stands(referral: Referral): boolean {
  const { status } = referral.order;
  const last = referral.attempts.at(-1);
  return (status === 'active' || status === 'on-hold') && last !== undefined && isFree(last) && closedBy(referral) === undefined;
}
