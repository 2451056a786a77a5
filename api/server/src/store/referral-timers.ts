/** When each open referral is to be looked at next. What is over has no row, so that finding what is due costs nothing for it. */
import type { Instant } from '@refloop/domain/instant';

export type ReferralTimer = { referralId: string; lookAt: Instant };

export type ReferralTimerStore = {
  /** In place of the one before; null takes it away. */
  set: (referralId: string, lookAt: Instant | null) => Promise<void>;
  /** Every referral with something open that this person owns or was told of, or of whomever it is, is to be looked at no later than then. */
  wake: (question: { subject: string | null; at: Instant }) => Promise<void>;
  /** Those whose moment has come, earliest first. */
  due: (question: { now: Instant; limit: number }) => Promise<ReferralTimer[]>;
};
