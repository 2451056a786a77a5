/** What is another in a newer policy, in words, and which obligations it can reach. */
import { specialtyById } from '../clinical/specialty.ts';
import type { Urgency } from '../matching/request.ts';
import type { BusinessCalendar } from './business-time.ts';
import type { EscalationStep } from './escalation-steps.ts';
import type { LevelOverride, StepOverride, When } from './policy.ts';
import type { PolicyContent, Spans } from './policy-content.ts';
import { OBLIGATION_KINDS, type ObligationKind } from './service-levels.ts';
import { spanWords } from './span-words.ts';

export type PolicyDifference = {
  /** As in the content: `levels.answer.routine`. */
  field: string;
  before: string | null;
  after: string | null;
  /** Which obligations it reaches: of one kind or of every kind, of one urgency or of each, of one specialty or of any. */
  of: ObligationKind | 'any';
  urgency: Urgency | 'any';
  specialty: string;
};

const URGENCIES: readonly Urgency[] = ['routine', 'urgent', 'emergency'];
const kindOf = (of: EscalationStep['of']): PolicyDifference['of'] => (of === 'order' ? 'any' : of);

function ofSpans(field: string, of: PolicyDifference['of'], before: Spans, after: Spans): PolicyDifference[] {
  return URGENCIES.flatMap((urgency) => {
    const [was, is] = [spanWords(before[urgency]), spanWords(after[urgency])];
    return was === is ? [] : [{ field: `${field}.${urgency}`, before: was, after: is, of, urgency, specialty: 'any' }];
  });
}

/** "Aetna, Cardiology" */
export const whenWords = ({ payer, specialty, clinic }: When): string =>
  [payer, specialty === undefined ? undefined : (specialtyById(specialty)?.name ?? specialty), clinic].filter(Boolean).join(', ');

export const spansWords = (spans: Partial<Spans>): string =>
  URGENCIES.flatMap((urgency) => {
    const span = spans[urgency];
    return span ? [`${urgency} ${spanWords(span)}`] : [];
  }).join(', ');

type Override = LevelOverride | StepOverride;

export const overrideWords = (override: Override): string =>
  'kind' in override
    ? `${whenWords(override.when)}: ${spansWords(override.within)}`
    : `${whenWords(override.when)}: ${override.after === null ? 'left out' : spansWords(override.after)}`;

function ofOverrides<Each extends Override>(
  field: string,
  before: readonly Each[],
  after: readonly Each[],
  of: (override: Each) => PolicyDifference['of'],
): PolicyDifference[] {
  const texts = (list: readonly Each[]) => new Set(list.map((each) => JSON.stringify(each)));
  const [were, are] = [texts(before), texts(after)];
  const one = (each: Each, added: boolean): PolicyDifference => ({
    field: `${field}.${'kind' in each ? each.kind : each.rule}`,
    before: added ? null : overrideWords(each),
    after: added ? overrideWords(each) : null,
    of: of(each),
    urgency: 'any',
    specialty: each.when.specialty ?? 'any',
  });
  return [
    ...before.filter((each) => !are.has(JSON.stringify(each))).map((each) => one(each, false)),
    ...after.filter((each) => !were.has(JSON.stringify(each))).map((each) => one(each, true)),
  ];
}

const calendarWords = ({ timeZone, opens, closes, holidays }: BusinessCalendar): string =>
  `${timeZone}, ${opens} to ${closes}, ${holidays.length} ${holidays.length === 1 ? 'holiday' : 'holidays'}`;

/** Days apart from one another only in how they are sorted are the same. */
const sameCalendar = (left: BusinessCalendar, right: BusinessCalendar): boolean =>
  calendarWords(left) === calendarWords(right) && left.holidays.toSorted().join() === right.holidays.toSorted().join();

function ofCalendar(field: string, before: BusinessCalendar | undefined, after: BusinessCalendar | undefined): PolicyDifference[] {
  if (before && after && sameCalendar(before, after)) return [];
  return [
    {
      field,
      before: before ? calendarWords(before) : null,
      after: after ? calendarWords(after) : null,
      of: 'any',
      urgency: 'any',
      specialty: 'any',
    },
  ];
}

/** @param kinds of the steps, by rule */
export function differences(
  before: PolicyContent,
  after: PolicyContent,
  kinds: ReadonlyMap<string, EscalationStep['of']>,
): PolicyDifference[] {
  const ofRule = (rule: string): PolicyDifference['of'] => kindOf(kinds.get(rule) ?? 'order');
  const clinics = [...new Set([...Object.keys(before.clinicCalendars), ...Object.keys(after.clinicCalendars)])].toSorted();
  return [
    ...OBLIGATION_KINDS.flatMap((kind) => ofSpans(`levels.${kind}`, kind, before.levels[kind], after.levels[kind])),
    ...Object.entries(before.steps).flatMap(([rule, was]) => {
      const is = after.steps[rule];
      if (!is) return [];
      const reach: PolicyDifference[] =
        was.reach === is.reach
          ? []
          : [{ field: `steps.${rule}.reach`, before: was.reach, after: is.reach, of: ofRule(rule), urgency: 'any', specialty: 'any' }];
      return [...ofSpans(`steps.${rule}`, ofRule(rule), was.after, is.after), ...reach];
    }),
    ...ofOverrides('levelOverrides', before.levelOverrides, after.levelOverrides, ({ kind }) => kind),
    ...ofOverrides('stepOverrides', before.stepOverrides, after.stepOverrides, ({ rule }) => ofRule(rule)),
    ...ofCalendar('calendar', before.calendar, after.calendar),
    ...clinics.flatMap((clinic) => ofCalendar(`clinicCalendars.${clinic}`, before.clinicCalendars[clinic], after.clinicCalendars[clinic])),
  ];
}

/** Whether it can: a payer or a clinic that is named may turn out to be another. */
export const canReach = (
  { of, urgency, specialty }: Pick<PolicyDifference, 'of' | 'urgency' | 'specialty'>,
  owed: { kind: string; urgency: Urgency | null; specialtyName: string },
): boolean =>
  (of === 'any' || of === owed.kind) &&
  (urgency === 'any' || owed.urgency === null || urgency === owed.urgency) &&
  (specialty === 'any' || (specialtyById(specialty)?.name ?? specialty) === owed.specialtyName);
