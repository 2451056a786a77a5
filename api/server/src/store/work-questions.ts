/** When each clinician was last asked how they find their work with Refloop. What they said is no part of it. */
import type { Instant } from '@refloop/domain/instant';

export type WorkQuestion = {
  subject: string;
  /** After whose note they were asked. */
  referralId: string;
  askedAt: Instant;
};

export type WorkQuestionStore = {
  /** False where they were asked later than `notSince`: they are left alone. */
  ask: (question: WorkQuestion, notSince: Instant) => Promise<boolean>;
  /** Once: false where they were last asked about another referral, or have answered. */
  answer: (asked: Pick<WorkQuestion, 'subject' | 'referralId'>, at: Instant) => Promise<boolean>;
};
