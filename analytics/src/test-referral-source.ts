/** For tests: a source of referrals whose histories grow, in memory. */
import type { History } from './input-event.ts';
import type { ListedReferral, ReferralSource } from './reading.ts';

export type SourceReferral = {
  whole: History;
  /** How many of its events there are so far. */
  events: number;
  /** Whether its data key was destroyed. */
  destroyed: boolean;
};

const markOf = ({ events, destroyed }: SourceReferral): string | null => (destroyed ? null : `${events}`);

/** @param order in which they are listed; the number of a referral stands for itself */
export function sourceOf(
  referrals: readonly SourceReferral[],
  order: (at: number) => number,
  page = 2,
): ReferralSource & { reads: string[] } {
  const reads: string[] = [];
  const sorted = referrals.map((one, at) => ({ one, at: order(at) })).sort((a, b) => a.at - b.at);
  return {
    reads,
    pages: async function* () {
      for (let from = 0; from < sorted.length; from += page) {
        yield sorted.slice(from, from + page).map(({ one }): ListedReferral => {
          const { tenant, issuer, site, referralId } = one.whole;
          return { tenant, issuer, site, referralId, mark: markOf(one) };
        });
      }
    },
    read: async function* (listed) {
      for (const { referralId, mark } of listed) {
        const found = referrals.find(({ whole }) => whole.referralId === referralId);
        reads.push(referralId);
        if (found) yield { ...found.whole, events: found.whole.events.slice(0, found.events), mark };
      }
    },
  };
}
