/** Which referral of a patient a document answers: by the number it names or by who wrote it, and never by what came before the order. */
import type { Instant } from '../instant.ts';
import type { Referral } from '../referral/referral.ts';

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
};

/** The day before the order is on its own day somewhere. */
const DAY_MS = 86_400_000;

const same = (said: readonly string[], is: string): 'same' | 'different' | null =>
  said.length === 0 ? null : said.includes(is) ? 'same' : 'different';

/** Attempts of orders in force or on hold, the newest first: a note may come from one that was asked earlier, too. */
export function referralCandidates(document: AnswerOf, referrals: readonly Referral[]): ReferralCandidate[] {
  return referrals
    .flatMap((referral) => {
      const { order } = referral;
      if (order.status !== 'active' && order.status !== 'on-hold') return [];
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
        };
      });
    })
    .sort((left, right) => rankOf(right) - rankOf(left) || (left.approvedAt < right.approvedAt ? 1 : -1) || right.attempt - left.attempt);
}

const rankOf = ({ order, writtenBy, date }: ReferralCandidate): number =>
  (order === 'same' ? 4 : 0) + (writtenBy === 'same' ? 2 : 0) + (date === 'before' ? -3 : 0);

/** The one that it certainly answers: named by number, or else the only one that its writer was asked for. Undefined where a person decides. */
export function answeredReferral(candidates: readonly ReferralCandidate[]): ReferralCandidate | undefined {
  const possible = candidates.filter(({ date, writtenBy }) => date !== 'before' && writtenBy === 'same');
  const named = possible.filter(({ order }) => order === 'same');
  const [only] = named.length > 0 ? named : possible;
  const count = named.length > 0 ? named.length : possible.length;
  return count === 1 ? only : undefined;
}
