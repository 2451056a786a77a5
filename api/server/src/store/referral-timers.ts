/** When each open referral is to be looked at next. What is over has no row, so that finding what is due costs nothing for it. */
import type { Instant } from '@refloop/domain/instant';

export type ReferralTimer = { referralId: string; lookAt: Instant };

export type ReferralTimerStore = {
  /** In place of the one before; null takes it away. */
  set: (referralId: string, lookAt: Instant | null) => Promise<void>;
  /** Those whose moment has come, earliest first. */
  due: (question: { now: Instant; limit: number }) => Promise<ReferralTimer[]>;
};
