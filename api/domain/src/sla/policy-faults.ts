/** What is wrong with the content of a policy, each fault with its field and the way to mend it. */
import { specialtyById } from '../clinical/specialty.ts';
import type { Urgency } from '../matching/request.ts';
import type { BusinessCalendar } from './business-time.ts';
import { ESCALATION_STEPS } from './escalation-steps.ts';
import type { LevelOverride, StepOverride, When } from './policy.ts';
import type { PolicyContent, Spans } from './policy-content.ts';
import { OBLIGATION_KINDS, type Span } from './service-levels.ts';

/** `field` is a path, such as `levels.answer.routine` or `levelOverrides.0.when`. */
export type PolicyFault = { field: string; message: string; fix: string };

/** Two years: what takes longer is no deadline (ours). */
const MOST_DAYS = 730;
const MOST_HOLIDAYS = 1000;
const URGENCIES: readonly Urgency[] = ['routine', 'urgent', 'emergency'];

/** Before an appointment something can be done as well: steps that belong to it count back from it, below 0, on the clock on the wall. */
const BEFORE: ReadonlySet<string> = new Set(ESCALATION_STEPS.flatMap(({ rule, of }) => (of === 'visit' ? [rule] : [])));

const amountOf = (span: Span): number => ('hours' in span ? span.hours : span.days);
const daysOf = (span: Span): number => ('hours' in span ? span.hours / 24 : span.days);
const unitOf = (span: Span): string => `${'hours' in span ? 'hours' : 'days'} ${span.clock}`;

function ofSpan(field: string, span: Span, before: boolean): PolicyFault[] {
  const amount = amountOf(span);
  if (!Number.isInteger(amount) || (amount < 0 && !(before && span.clock === 'wall')))
    return [{ field, message: 'This is no whole number of hours or days.', fix: 'Give a whole number, 0 for at once.' }];
  if (Math.abs(daysOf(span)) > MOST_DAYS)
    return [{ field, message: 'This is longer than two years.', fix: `Give at most ${MOST_DAYS} days or ${MOST_DAYS * 24} hours.` }];
  return [];
}

/** Only what is counted alike can be compared: two business days are more or less than 48 hours, by the day of the week. */
function ofOrder(field: string, spans: Partial<Spans>): PolicyFault[] {
  const faults: PolicyFault[] = [];
  for (const [less, more] of [
    ['routine', 'urgent'],
    ['urgent', 'emergency'],
    ['routine', 'emergency'],
  ] as const) {
    const [slow, fast] = [spans[less], spans[more]];
    if (!slow || !fast || unitOf(slow) !== unitOf(fast) || amountOf(fast) <= amountOf(slow)) continue;
    faults.push({
      field: `${field}.${more}`,
      message: `${more === 'urgent' ? 'Urgent' : 'Emergency'} has longer than ${less}.`,
      fix: 'Give it the same time or less.',
    });
  }
  return faults;
}

/** @param before whether it may lie before what it counts from */
function ofSpans(field: string, spans: Partial<Spans>, before = false): PolicyFault[] {
  const each = URGENCIES.flatMap((urgency) => {
    const span = spans[urgency];
    return span ? ofSpan(`${field}.${urgency}`, span, before) : [];
  });
  return each.length > 0 || before ? each : ofOrder(field, spans);
}

function ofWhen(field: string, when: When): PolicyFault[] {
  const named = Object.values(when).filter((each) => each !== undefined);
  if (named.length === 0 || named.some((each) => each.trim() === ''))
    return [{ field, message: 'It is not said for whom this holds.', fix: 'Name a payer, a specialty or a clinic.' }];
  if (when.specialty !== undefined && !specialtyById(when.specialty))
    return [{ field, message: 'There is no such specialty.', fix: 'Choose one of the list.' }];
  return [];
}

const ofBecause = (field: string, because: string): PolicyFault[] =>
  because.trim().length < 3 ? [{ field, message: 'The reason is missing.', fix: 'Say in a few words why this differs.' }] : [];

const sameAs = (when: When, what: string): string =>
  JSON.stringify([when.payer ?? null, when.specialty ?? null, when.clinic ?? null, what]);

function twice(field: string, keys: readonly string[]): PolicyFault[] {
  return keys.flatMap((key, at) =>
    keys.indexOf(key) < at
      ? [{ field: `${field}.${at}`, message: 'There is an exception for the same already.', fix: 'Change that one, or take it out.' }]
      : [],
  );
}

function ofLevelOverride({ when, within, because }: LevelOverride, field: string): PolicyFault[] {
  const empty = URGENCIES.every((urgency) => within[urgency] === undefined);
  return [
    ...ofWhen(`${field}.when`, when),
    ...(empty ? [{ field: `${field}.within`, message: 'No time is given.', fix: 'Give it for at least one urgency.' }] : []),
    ...ofSpans(`${field}.within`, within),
    ...ofBecause(`${field}.because`, because),
  ];
}

function ofStepOverride({ when, rule, after, because }: StepOverride, field: string, content: PolicyContent): PolicyFault[] {
  return [
    ...ofWhen(`${field}.when`, when),
    ...(Object.hasOwn(content.steps, rule)
      ? []
      : [{ field: `${field}.rule`, message: 'There is no such step.', fix: 'Choose one of the list.' }]),
    ...(after === null ? [] : ofSpans(`${field}.after`, after, BEFORE.has(rule))),
    ...ofBecause(`${field}.because`, because),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day;

function ofCalendar(field: string, { timeZone, opens, closes, holidays }: BusinessCalendar): PolicyFault[] {
  const wrong = holidays.find((day) => !isDay(day));
  return [
    ...(isTimeZone(timeZone)
      ? []
      : [{ field: `${field}.timeZone`, message: 'There is no such time zone.', fix: 'Give its IANA name, such as America/Chicago.' }]),
    ...(opens >= 0 && closes <= 24 && opens < closes
      ? []
      : [{ field: `${field}.opens`, message: 'It closes before it opens.', fix: 'Give hours between 0 and 24, the opening one first.' }]),
    ...(wrong === undefined
      ? []
      : [{ field: `${field}.holidays`, message: 'One of the days is no day of the calendar.', fix: 'Write each as 2026-12-24.' }]),
    ...(holidays.length <= MOST_HOLIDAYS
      ? []
      : [{ field: `${field}.holidays`, message: `These are more than ${MOST_HOLIDAYS} days.`, fix: 'Take out those that are long past.' }]),
  ];
}

/** @returns nothing where it can come into force */
export function faultsIn(content: PolicyContent): PolicyFault[] {
  const { levels, steps, levelOverrides, stepOverrides, calendar, clinicCalendars } = content;
  return [
    ...OBLIGATION_KINDS.flatMap((kind) => ofSpans(`levels.${kind}`, levels[kind])),
    ...Object.entries(steps).flatMap(([rule, { after }]) => ofSpans(`steps.${rule}`, after, BEFORE.has(rule))),
    ...levelOverrides.flatMap((each, at) => ofLevelOverride(each, `levelOverrides.${at}`)),
    ...twice(
      'levelOverrides',
      levelOverrides.map(({ when, kind }) => sameAs(when, kind)),
    ),
    ...stepOverrides.flatMap((each, at) => ofStepOverride(each, `stepOverrides.${at}`, content)),
    ...twice(
      'stepOverrides',
      stepOverrides.map(({ when, rule }) => sameAs(when, rule)),
    ),
    ...ofCalendar('calendar', calendar),
    ...Object.entries(clinicCalendars).flatMap(([clinic, each], at) => [
      ...(clinic.trim() === '' ? [{ field: 'clinicCalendars', message: 'A clinic has no name.', fix: 'Give its name.' }] : []),
      ...ofCalendar(`clinicCalendars.${at}`, each),
    ]),
  ];
}
