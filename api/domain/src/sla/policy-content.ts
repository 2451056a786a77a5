/** The part of a policy that a site decides: how long, whom it reaches, for whom another time holds, and when the practice is open. */
import type { Urgency } from '../matching/request.ts';
import type { BusinessCalendar } from './business-time.ts';
import { ESCALATION_STEPS, type EscalationStep, type Reach } from './escalation-steps.ts';
import type { LevelOverride, SlaPolicy, StepOverride } from './policy.ts';
import { OBLIGATION_KINDS, type ObligationKind, SERVICE_LEVELS, type Span } from './service-levels.ts';
import { spanWords } from './span-words.ts';

const URGENCIES: readonly Urgency[] = ['routine', 'urgent', 'emergency'];

export type Spans = Record<Urgency, Span>;

export type PolicyContent = {
  levels: Record<ObligationKind, Spans>;
  /** By rule. */
  steps: Record<string, { after: Spans; reach: Reach }>;
  levelOverrides: readonly LevelOverride[];
  stepOverrides: readonly StepOverride[];
  calendar: BusinessCalendar;
  clinicCalendars: Readonly<Record<string, BusinessCalendar>>;
};

export function contentOf({ levels, steps, levelOverrides, stepOverrides, calendar, clinicCalendars }: SlaPolicy): PolicyContent {
  return {
    levels: Object.fromEntries(OBLIGATION_KINDS.map((kind) => [kind, levels[kind].within])) as PolicyContent['levels'],
    steps: Object.fromEntries(steps.map(({ rule, after, reach }) => [rule, { after, reach }])),
    levelOverrides,
    stepOverrides,
    calendar,
    clinicCalendars,
  };
}

/** The next version. What a stage and a step are, whose they are and what they say stays as the product has it. */
export function nextVersion(policy: SlaPolicy, content: PolicyContent): SlaPolicy {
  const { levels, steps, ...rest } = content;
  return {
    ...policy,
    ...rest,
    version: policy.version + 1,
    levels: Object.fromEntries(
      OBLIGATION_KINDS.map((kind) => [kind, { ...policy.levels[kind], within: levels[kind] }]),
    ) as SlaPolicy['levels'],
    steps: policy.steps.map((step) => ({ ...step, ...steps[step.rule] })),
  };
}

const hours = (count: number): Span => ({ hours: count, clock: 'wall' });

/** Times that the product had once and that were wrong: urgent questions reached a lead 44 hours after they were due. */
const FORMER: ReadonlyMap<string, Spans> = new Map(
  ['reply-lead', 'answer-patient-lead'].map((rule) => [
    rule,
    { routine: { days: 4, clock: 'business' }, urgent: hours(48), emergency: hours(8) },
  ]),
);

const sameSpans = (left: Spans, right: Spans): boolean =>
  URGENCIES.every((urgency) => spanWords(left[urgency]) === spanWords(right[urgency]));

/** A step that still has the product's former time, with the present one; what a site chose is its own. */
function mended(step: EscalationStep): EscalationStep {
  const former = FORMER.get(step.rule);
  const present = ESCALATION_STEPS.find(({ rule }) => rule === step.rule);
  return former && present && sameSpans(step.after, former) ? { ...step, after: present.after } : step;
}

/**
 * A policy that was kept by an earlier version of the product, with the stages and steps that there are since then.
 * @returns undefined where nothing is missing
 */
export function completed(policy: SlaPolicy): SlaPolicy | undefined {
  const missing = OBLIGATION_KINDS.filter((kind) => !Object.hasOwn(policy.levels, kind));
  const known = new Set(policy.steps.map(({ rule }) => rule));
  const steps = ESCALATION_STEPS.filter(({ rule }) => !known.has(rule));
  const kept = policy.steps.map(mended);
  if (missing.length === 0 && steps.length === 0 && kept.every((step, at) => step === policy.steps[at])) return undefined;
  const levels = { ...policy.levels, ...Object.fromEntries(missing.map((kind) => [kind, SERVICE_LEVELS[kind]])) };
  return { ...policy, version: policy.version + 1, levels, steps: [...kept, ...steps] };
}

/** The same with lists in the place of names that are keys: how it is sent. */
export type PolicyLists = Omit<PolicyContent, 'levels' | 'steps' | 'clinicCalendars'> & {
  levels: readonly { kind: ObligationKind; within: Spans }[];
  steps: readonly { rule: string; after: Spans; reach: Reach }[];
  clinicCalendars: readonly { clinic: string; calendar: BusinessCalendar }[];
};

export const listsOf = ({ levels, steps, clinicCalendars, ...rest }: PolicyContent): PolicyLists => ({
  ...rest,
  levels: OBLIGATION_KINDS.map((kind) => ({ kind, within: levels[kind] })),
  steps: Object.entries(steps).map(([rule, step]) => ({ rule, ...step })),
  clinicCalendars: Object.entries(clinicCalendars).map(([clinic, calendar]) => ({ clinic, calendar })),
});

/** @returns undefined where a stage is missing; of two with one name the later holds */
export function fromLists({ levels, steps, clinicCalendars, ...rest }: PolicyLists): PolicyContent | undefined {
  const given = Object.fromEntries(levels.map(({ kind, within }) => [kind, within])) as Partial<PolicyContent['levels']>;
  if (OBLIGATION_KINDS.some((kind) => given[kind] === undefined)) return undefined;
  return {
    ...rest,
    levels: given as PolicyContent['levels'],
    steps: Object.fromEntries(steps.map(({ rule, after, reach }) => [rule, { after, reach }])),
    clinicCalendars: Object.fromEntries(clinicCalendars.map(({ clinic, calendar }) => [clinic, calendar])),
  };
}
