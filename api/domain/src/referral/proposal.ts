/**
 * A further specialist whom a coordinator puts to the clinician, since the clinician approved nobody who could still be asked. Nothing leaves
 * for anybody before a clinician approved them (R57): a proposal opens no attempt.
 */
import { isFree, type Moment } from './attempt.ts';
import type { RerouteReason } from './care-event.ts';
import { closedBy } from './closure.ts';
import type { Performer } from './event.ts';
import type { Referral } from './referral.ts';

/**
 * One at most is open. `sequence` of the event that proposed it: an answer names it, so that nobody answers what they did not read. `at`: since
 * when the clinician has one to answer, also where another took its place. `attempt`: of one that was opened before anybody was asked for an
 * approval, and of which nothing was sent; null where none is open.
 */
export type Proposal =
  | { status: 'none' }
  | { status: 'open'; performer: Performer; because: RerouteReason; at: Moment; sequence: number; attempt: number | null };
export type OpenProposal = Extract<Proposal, { status: 'open' }>;

export const openProposal = ({ proposal }: Pick<Referral, 'proposal'>): OpenProposal | undefined =>
  proposal.status === 'open' ? proposal : undefined;

/** Whom the clinician refused and nobody approved since, at whichever place. */
export const wasRefused = ({ refusedPerformers }: Pick<Referral, 'refusedPerformers'>, { npi }: Pick<Performer, 'npi'>): boolean =>
  refusedPerformers.some((each) => each.npi === npi);

/** A proposal lapses once another attempt is open, the loop is closed or the order is over: what it was made for is gone. */
export function withLapsed(referral: Referral): Referral {
  const open = openProposal(referral);
  if (!open || stands(referral, open)) return referral;
  return { ...referral, proposal: { status: 'none' } };
}

function stands(referral: Referral, open: OpenProposal): boolean {
  const { status } = referral.order;
  const last = referral.attempts.at(-1);
  if ((status !== 'active' && status !== 'on-hold') || last === undefined || closedBy(referral) !== undefined) return false;
  const { attempt } = open;
  return attempt === null ? isFree(last) : last.number === attempt && last.work.status === 'draft';
}
