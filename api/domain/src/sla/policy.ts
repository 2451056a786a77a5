/**
 * What a site holds itself and others to: how long each step may take, what is done when it takes longer, on whose calendar. Data with a
 * version; exceptions for a payer, a specialty or a clinic stand beside the rule they take the place of.
 */
import type { Urgency } from '../matching/request.ts';
import { variantOf } from '../packet/variant.ts';
import type { Referral } from '../referral/referral.ts';
import type { BusinessCalendar } from './business-time.ts';
import { ESCALATION_STEPS, type EscalationStep } from './escalation-steps.ts';
import { type ObligationKind, SERVICE_LEVELS, type ServiceLevel, type ServiceLevels, type Span } from './service-levels.ts';

/** Of which referrals: all that is named has to agree. What is not named agrees with everything. */
export type When = { payer?: string; specialty?: string; clinic?: string };

/** Another time for one kind of obligation; an urgency that is not named keeps the rule's own. */
export type LevelOverride = { when: When; kind: ObligationKind; within: Partial<Record<Urgency, Span>>; because: string };

/** Another time for one step of an escalation, or none: the step is left out. */
export type StepOverride = { when: When; rule: string; after: Partial<Record<Urgency, Span>> | null; because: string };

export type SlaPolicy = {
  id: string;
  /** Counts up with every change; what was raised says under which version. */
  version: number;
  levels: ServiceLevels;
  steps: readonly EscalationStep[];
  levelOverrides: readonly LevelOverride[];
  stepOverrides: readonly StepOverride[];
  calendar: BusinessCalendar;
  /** Clinics that keep other hours or holidays, by name. */
  clinicCalendars: Readonly<Record<string, BusinessCalendar>>;
};

/** The default policy on this calendar: the numbers of the product's source documents, without exceptions. */
export const defaultPolicy = (calendar: BusinessCalendar): SlaPolicy => ({
  id: 'default',
  version: 1,
  levels: SERVICE_LEVELS,
  steps: ESCALATION_STEPS,
  levelOverrides: [],
  stepOverrides: [],
  calendar,
  clinicCalendars: {},
});

type About = { payer: string | null; specialty: string; clinic: string | null };

function aboutOf({ specialty, order }: Referral): About {
  const setting = order.status === 'draft' ? null : order.approval.setting;
  return { specialty, payer: setting?.payer ?? null, clinic: setting?.clinic ?? null };
}

const agrees = (when: When, about: About): boolean =>
  (when.payer === undefined || when.payer === about.payer) &&
  (when.specialty === undefined || when.specialty === about.specialty) &&
  (when.clinic === undefined || when.clinic === about.clinic);

/** More that is named goes before less; of equally many the payer's before the specialty's before the clinic's (ours). */
const weightOf = ({ payer, specialty, clinic }: When): number => {
  const named = [payer, specialty, clinic].filter((each) => each !== undefined).length;
  return named * 8 + (payer === undefined ? 0 : 4) + (specialty === undefined ? 0 : 2) + (clinic === undefined ? 0 : 1);
};

/** Of those that agree the one that says most; of equals the one that stands last. */
function strongest<Override extends { when: When }>(overrides: readonly Override[], about: About): Override | undefined {
  let found: Override | undefined;
  for (const each of overrides) {
    if (agrees(each.when, about) && (found === undefined || weightOf(each.when) >= weightOf(found.when))) found = each;
  }
  return found;
}

/** A kind of packet that asks for an answer within a time of its own is owed it in that time (R116); an exception of the site goes before. */
function levelOf(policy: SlaPolicy, kind: ObligationKind, referral: Referral): ServiceLevel {
  const level = policy.levels[kind];
  const variant = kind === 'answer' ? variantOf(referral) : undefined;
  return variant ? { ...level, within: variant.answerWithin } : level;
}

export function levelFor(policy: SlaPolicy, kind: ObligationKind, referral: Referral): ServiceLevel {
  const level = levelOf(policy, kind, referral);
  const of = policy.levelOverrides.filter((each) => each.kind === kind);
  const override = of.length === 0 ? undefined : strongest(of, aboutOf(referral));
  return override ? { ...level, within: { ...level.within, ...override.within } } : level;
}

/** The steps that apply to this referral, each with its own times. */
export function stepsFor(policy: SlaPolicy, referral: Referral): readonly EscalationStep[] {
  if (policy.stepOverrides.length === 0) return policy.steps;
  const about = aboutOf(referral);
  return policy.steps.flatMap((step) => {
    const override = strongest(
      policy.stepOverrides.filter(({ rule }) => rule === step.rule),
      about,
    );
    if (!override) return [step];
    return override.after === null ? [] : [{ ...step, after: { ...step.after, ...override.after } }];
  });
}

export function calendarFor(policy: SlaPolicy, referral: Referral): BusinessCalendar {
  const { clinic } = aboutOf(referral);
  return (clinic === null ? undefined : policy.clinicCalendars[clinic]) ?? policy.calendar;
}
