/**
 * Why a referral was lost to the network or never completed: one primary reason, coded, and others beside it (field definition D.14 of ours,
 * built from the statutory choices of 42 CFR 411.354(d)(4) and the causes that referral vendors report). A lawful choice is never a leak.
 */
export const LOSS_REASONS = {
  'patient-preference': { bucket: 'lawful-choice', label: 'The patient chose another' },
  'insurer-determined': { bucket: 'lawful-choice', label: 'The insurer determined it' },
  'physician-judgement': { bucket: 'lawful-choice', label: 'The physician judged otherwise' },
  'wait-too-long': { bucket: 'access', label: 'The wait was too long' },
  'too-far': { bucket: 'access', label: 'It was too far' },
  'no-language-or-access': { bucket: 'access', label: 'No language match, or no access for a disability' },
  'no-subspecialty-in-network': { bucket: 'network-gap', label: 'No such subspecialist in the network' },
  'specialist-full': { bucket: 'network-gap', label: 'The specialist was full or declined' },
  'directory-wrong': { bucket: 'data', label: 'The directory was wrong' },
  'plan-mismatch': { bucket: 'data', label: 'The plan did not match' },
  'wrong-specialty': { bucket: 'data', label: 'It was the wrong specialty' },
  'authorization-delay': { bucket: 'process', label: 'Prior authorization came late or not at all' },
  'packet-incomplete': { bucket: 'process', label: 'The packet was incomplete' },
  'no-outreach': { bucket: 'process', label: 'Nobody reached the patient' },
  'default-choice': { bucket: 'habit', label: 'The usual choice of the practice' },
  unknown: { bucket: 'unknown', label: 'Not known' },
} as const satisfies Record<string, { bucket: LossBucket; label: string }>;

export type LossBucket = 'lawful-choice' | 'access' | 'network-gap' | 'data' | 'process' | 'habit' | 'unknown';
export type LossReason = keyof typeof LOSS_REASONS;

export const lossBucketOf = (reason: LossReason): LossBucket => LOSS_REASONS[reason].bucket;
