/** What the practice made of a packet before it went. Sealed with its referral. */
import type { Preparation } from '@refloop/domain/packet/readiness';

export type StoredPreparation = {
  referralId: string;
  attempt: number /** 1, 2, 3 … with every change. */;
  revision: number;
  content: Preparation;
};

export type PacketPreparationStore = {
  /** Of all referrals, in order. */
  ids: () => Promise<{ referralId: string; attempt: number }[]>;
  get: (referralId: string, attempt: number) => Promise<StoredPreparation | undefined>;
  /** Keeps it where its revision is the next one; false where somebody was faster. */
  put: (preparation: StoredPreparation & { updatedAt: string }) => Promise<boolean>;
};
