/**
 * Why a referral was lost, as the warehouse says it: the reason a person recorded (api/domain's loss reasons), or where none was recorded
 * what the events show of where it came to a stop. Each cause belongs to one group, and each group can be avoided by the practice or not.
 */
import { LOSS_REASONS, type LossBucket } from '@refloop/domain/referral/loss-reason';

/** The domain's buckets, a denial by the payer (a metric of its own), and the end of the need: death, withdrawal, a patient who does not want it. */
export type LossGroup = LossBucket | 'denial' | 'ended';

/** Lawful choice and the end of the need are nobody's to avoid; a denial is counted apart; what is not known is called so. */
export type Avoidability = 'avoidable' | 'not-avoidable' | 'denied' | 'unknown';

const AVOIDABILITY: Record<LossGroup, Avoidability> = {
  access: 'avoidable',
  'network-gap': 'avoidable',
  data: 'avoidable',
  process: 'avoidable',
  habit: 'avoidable',
  'lawful-choice': 'not-avoidable',
  ended: 'not-avoidable',
  denial: 'denied',
  unknown: 'unknown',
};

/** In the order in which they are shown. */
export const LOSS_GROUPS = Object.keys(AVOIDABILITY) as LossGroup[];

/** What only the events show; nobody records it as a reason. */
const OBSERVED = {
  'not-sent': { bucket: 'process', label: 'Nothing was sent to the specialist' },
  'no-answer': { bucket: 'process', label: 'The specialist did not answer' },
  'not-booked': { bucket: 'process', label: 'The patient was reached and no appointment was made' },
  'appointment-lost': { bucket: 'process', label: 'An appointment was missed or cancelled, and none was made again' },
  denied: { bucket: 'denial', label: 'The payer denied it' },
  'patient-declined': { bucket: 'ended', label: 'The patient did not want it' },
  withdrawn: { bucket: 'ended', label: 'The practice took it back, or the chart revoked it' },
  died: { bucket: 'ended', label: 'The patient died' },
} as const satisfies Record<string, { bucket: LossGroup; label: string }>;

export type LossCause = { cause: string; group: LossGroup; avoidability: Avoidability; label: string; recorded: boolean };

const causesOf = (from: Record<string, { bucket: LossGroup; label: string }>, recorded: boolean): LossCause[] =>
  Object.entries(from).map(([cause, { bucket, label }]) => ({
    cause,
    group: bucket,
    avoidability: AVOIDABILITY[bucket],
    label,
    recorded,
  }));

/** Every cause there is, by group in their order. `recorded` tells those that a person can record. */
export const LOSS_CAUSES: readonly LossCause[] = [...causesOf(LOSS_REASONS, true), ...causesOf(OBSERVED, false)].toSorted(
  (one, other) => LOSS_GROUPS.indexOf(one.group) - LOSS_GROUPS.indexOf(other.group),
);

/**
 * The reason of an order to a specialist outside the network, in the words of the loss reasons. Continuity is the usual choice of the
 * practice: the statute does not know it as a lawful one, and neither does the domain. "Other" says nothing.
 */
export const CAUSE_OF_OVERRIDE: Readonly<Record<string, string>> = {
  'patient-prefers': 'patient-preference',
  'insurer-determines': 'insurer-determined',
  'medical-interest': 'physician-judgement',
  continuity: 'default-choice',
  capacity: 'specialist-full',
  language: 'no-language-or-access',
  other: 'unknown',
};

/** What a specialist's decline says of where it came to a stop. */
export const CAUSE_OF_DECLINE: Readonly<Record<string, string>> = {
  'not-taking-patients': 'specialist-full',
  'wrong-specialty': 'wrong-specialty',
  'not-in-plan': 'plan-mismatch',
  'packet-incomplete': 'packet-incomplete',
  'authorization-missing': 'authorization-delay',
  'out-of-area': 'too-far',
  other: 'specialist-full',
};
