/** Which referral of a patient a document answers: by the number it names or by who wrote it, and never by what came before the order. */
import type { Instant } from '../instant.ts';
import type { Referral } from '../referral/referral.ts';
import { isOver } from '../referral/still-booked.ts';

/** What a document says of what it answers. */
export type AnswerOf = { npis: readonly string[]; orders: readonly string[] /** `YYYY-MM-DD`, or empty. */; date: string };

export type ReferralCandidate = {
  referralId: string;
  attempt: number;
  specialist: string;
  approvedAt: Instant;
  /** Whether the document names this order; null where it names none. */
  order: 'same' | 'different' | null;
  /** Whether whoever wrote it is whom this attempt asked; null where it gives no NPI. */
  writtenBy: 'same' | 'different' | null;
  /** Whether it is from after the order. */
  date: 'after' | 'before' | null;
  /** Ended, or revoked in the EHR: a note may come late, and a person says that this is one. */
  isOver: boolean;
};

/** The day before the order is on its own day somewhere. */
const DAY_MS = 86_400_000;

/** It is in force, or was: a note of a visit may come. */
export const takesNotes = (referral: Referral): boolean =>
  referral.order.status === 'active' || referral.order.status === 'on-hold' || isOver(referral);

const same = (said: readonly string[], is: string): 'same' | 'different' | null =>
  said.length === 0 ? null : said.includes(is) ? 'same' : 'different';

/**
 * Attempts of orders in force or on hold, the newest first, and after them those of orders that are over: a note may come from one that was
 * asked earlier, and late.
 */
export function referralCandidates(document: AnswerOf, referrals: readonly Referral[]): ReferralCandidate[] {
  return referrals
    .flatMap((referral) => {
      const { order } = referral;
      const over = isOver(referral);
      if (order.status === 'draft' || !takesNotes(referral)) return [];
      const from = new Date(Date.parse(order.approval.at) - DAY_MS).toISOString().slice(0, 10);
      return referral.attempts.map((attempt): ReferralCandidate => {
        return {
          referralId: referral.id,
          attempt: attempt.number,
          specialist: attempt.performer.display,
          approvedAt: order.approval.at,
          order: same(document.orders, referral.id),
          writtenBy: same(document.npis, attempt.performer.npi),
          date: document.date === '' ? null : document.date >= from ? 'after' : 'before',
          isOver: over,
        };
      });
    })
    .sort(
      (left, right) =>
        Number(left.isOver) - Number(right.isOver) ||
        rankOf(right) - rankOf(left) ||
        (left.approvedAt < right.approvedAt ? 1 : -1) ||
        right.attempt - left.attempt,
    );
}

const rankOf = ({ order, writtenBy, date }: ReferralCandidate): number =>
  (order === 'same' ? 4 : 0) + (writtenBy === 'same' ? 2 : 0) + (date === 'before' ? -3 : 0);

/**
 * The one that it certainly answers: named by number, or else the only one that its writer was asked for. An order that is over may be meant as
 * well as one in force, and is never taken by itself. Undefined where a person decides.
 */
export function answeredReferral(candidates: readonly ReferralCandidate[]): ReferralCandidate | undefined {
  const possible = candidates.filter(({ date, writtenBy }) => date !== 'before' && writtenBy === 'same');
  const named = possible.filter(({ order }) => order === 'same');
  const [only] = named.length > 0 ? named : possible;
  const count = named.length > 0 ? named.length : possible.length;
  return count === 1 && only?.isOver === false ? only : undefined;
}
