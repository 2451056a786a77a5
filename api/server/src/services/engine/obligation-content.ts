/** What a person reads of an obligation, without opening anything else. Kept sealed with it. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Instant } from '@refloop/domain/instant';
import type { Urgency } from '@refloop/domain/matching/request';
import type { Channel } from '@refloop/domain/referral/attempt';
import { exceptionOf, type ReferralException } from '@refloop/domain/referral/exception';
import type { Authorization, Referral } from '@refloop/domain/referral/referral';
import { statusOf } from '@refloop/domain/referral/status';
import type { Obligation } from '@refloop/domain/sla/due';
import { isStageOf, ORDER_STAGE, stageOf } from '@refloop/domain/sla/escalate';
import { stepWords } from '@refloop/domain/sla/escalation-steps';
import { type Risk, risksOf } from '@refloop/domain/sla/risk';
import type { Party } from '@refloop/domain/sla/service-levels';
import { stepKey } from '../asking-office.ts';
import type { Lacking } from '../packet-lacking.ts';

export type ObligationContent = {
  specialtyName: string;
  patientName: string;
  performerName: string;
  /** Of the clinician whose referral it is; empty where it is not known. */
  requesterName: string;
  /** In a sentence. */
  detail: string;
  /** The attempt or the report: `attempt 1`. */
  about: string;
  /** The stage as the domain tells it apart from a later one of the same kind. */
  stage: string;
  waitingOn: Party;
  urgency: Urgency;
  status: string;
  authorization: Authorization['status'];
  exception: ReferralException | null;
  risks: Risk[];
  /** Performers asked so far. */
  attempts: number;
  channel: Channel | null;
  lastEvent: { type: string; at: Instant };
  /** Of a packet to be sent: what it has to hold and does not; null where there is none, absent in rows from before it was kept. */
  lacking?: Lacking | null;
  /** When it ends by itself, done or not; absent where it does not. */
  until?: Instant;
  /** Of one that is settled, how, where nobody did it. */
  note?: string;
  /** Steps of the policy that were taken for this stage, oldest first. */
  steps: { rule: string; act: string; words: string; at: Instant; to: string }[];
};

const DETAILS: Record<Party, string> = {
  clinician: 'Waits for the clinician.',
  coordinator: 'Waits for us.',
  specialist: 'Waits for the specialist’s office.',
  patient: 'Waits for the patient.',
  payer: 'Waits for the payer.',
};

/** Of whom the clinician has to say yes or no: the row bears the name of who was asked before. */
const proposedWords = ({ proposal }: Referral, { kind }: Obligation): string | undefined =>
  kind === 'approve-performer' && proposal.status === 'open' ? `${proposal.performer.display} is proposed.` : undefined;

/** Of an office that was passed over: it is not asked for ever. */
const untilWords = ({ until }: Obligation): string | undefined =>
  until === undefined ? undefined : 'Another was asked since, so this ends by itself two weeks after it began.';

/** Said of a row that ended by itself, so that it does not look as if the office had answered. */
export const LAPSED = 'The office did not answer within two weeks, and is not asked any more.';

export type Telling = {
  patientName: string;
  requesterName: string;
  /** Whether the reason that was approved carries one. */
  redFlag?: boolean;
  lastEvent: ObligationContent['lastEvent'] /** Said before the detail. */;
  preface?: string;
  /** Steps that a machine carried out (`stepKey`), in the words of what it did. */
  carried?: ReadonlyMap<string, string>;
};

export function contentOf(
  referral: Referral,
  owed: Obligation,
  { patientName, requesterName, redFlag = false, lastEvent, preface, carried }: Telling,
): ObligationContent {
  const { specialty, urgency, authorization, attempts, escalations, order } = referral;
  const attempt = attempts.at(-1);
  const stage = stageOf(owed);
  const steps = escalations
    // What is about the whole order stands with each of its open steps: there is no other row to tell it.
    .filter((each) => isStageOf(referral, owed, each.stage, each.at) || each.stage === ORDER_STAGE)
    .toSorted((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
    .map(({ rule, act, at, to, stage: of }) => ({ rule, act, words: carried?.get(stepKey(rule, of)) ?? stepWords(rule), at, to }));
  // What is still with an office that was asked before bears its name.
  const of = attempts.find(({ number }) => owed.about === `attempt ${number}`) ?? attempt;
  const performer = of?.performer ?? (order.status === 'draft' ? undefined : order.approval.performer);
  return {
    specialtyName: specialtyById(specialty)?.name ?? specialty,
    patientName,
    performerName: performer?.display ?? '',
    requesterName,
    detail: [preface, proposedWords(referral, owed), steps.at(-1)?.words ?? DETAILS[owed.waitingOn], untilWords(owed)]
      .filter(Boolean)
      .join(' '),
    about: owed.about,
    stage,
    waitingOn: owed.waitingOn,
    urgency,
    status: statusOf(referral),
    authorization: authorization.status,
    exception: exceptionOf(referral),
    risks: risksOf(referral, redFlag),
    attempts: attempts.length,
    channel: attempt?.transmissions.at(-1)?.channel ?? null,
    lastEvent,
    ...(owed.until === undefined ? {} : { until: owed.until }),
    steps,
  };
}
