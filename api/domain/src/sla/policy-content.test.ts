import { describe, expect, test } from 'vitest';
import { ESCALATION_STEPS } from './escalation-steps.ts';
import { defaultPolicy, type SlaPolicy } from './policy.ts';
import { completed, contentOf, fromLists, listsOf, nextVersion, type PolicyContent } from './policy-content.ts';
import { canReach, differences } from './policy-difference.ts';
import { faultsIn } from './policy-faults.ts';
import { OBLIGATION_KINDS } from './service-levels.ts';
import { spanWords } from './span-words.ts';
import { STAGE_TRIGGERS } from './stage-triggers.ts';

const POLICY = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-12-25'] });
const CONTENT = contentOf(POLICY);
const KINDS = new Map(POLICY.steps.map(({ rule, of }) => [rule, of]));

const days = (count: number) => ({ days: count, clock: 'business' }) as const;
const hours = (count: number) => ({ hours: count, clock: 'wall' }) as const;
const because = 'Agreed with them.';
/** The default with something else in it. */
const withOther = (more: Partial<PolicyContent>): PolicyContent => ({ ...CONTENT, ...more });
const answerIn = (routine: PolicyContent['levels']['answer']['routine']): PolicyContent =>
  withOther({ levels: { ...CONTENT.levels, answer: { ...CONTENT.levels.answer, routine } } });
const cardiology = { when: { specialty: 'cardiology' }, kind: 'answer', within: { routine: days(1) }, because } as const;

test('the default has no faults, and its content put into it again is the same policy, one version on', () => {
  expect(faultsIn(CONTENT)).toEqual([]);
  expect(nextVersion(POLICY, CONTENT)).toEqual({ ...POLICY, version: 2 });
  expect(differences(CONTENT, contentOf(nextVersion(POLICY, CONTENT)), KINDS)).toEqual([]);
});

test('sent as lists and read back it is the same; without a stage it is none', () => {
  const content = withOther({ clinicCalendars: { North: CONTENT.calendar } });
  expect(fromLists(listsOf(content))).toEqual(content);
  const lists = listsOf(content);
  expect(fromLists({ ...lists, levels: lists.levels.slice(1) })).toBeUndefined();
});

test('every stage says what begins it', () => {
  expect(OBLIGATION_KINDS.filter((kind) => STAGE_TRIGGERS[kind].length < 5)).toEqual([]);
});

test.each([
  [days(1), '1 business day'],
  [{ hours: 4, clock: 'business' } as const, '4 business hours'],
  [hours(48), '48 hours'],
  [{ days: 0, clock: 'wall' } as const, 'at once'],
  [hours(-24), '24 hours before'],
  [hours(0.25), '15 minutes'],
])('%o is “%s”', (span, words) => {
  expect(spanWords(span)).toBe(words);
});

describe('faults are named by their field', () => {
  const calendar = CONTENT.calendar;
  test.each<[string, PolicyContent, string]>([
    ['half a day', answerIn(days(1.5)), 'levels.answer.routine'],
    ['less than nothing', answerIn(hours(-1)), 'levels.answer.routine'],
    ['three years', answerIn({ days: 1095, clock: 'wall' }), 'levels.answer.routine'],
    [
      'an emergency slower than what is urgent',
      withOther({ levels: { ...CONTENT.levels, answer: { routine: days(2), urgent: hours(8), emergency: hours(9) } } }),
      'levels.answer.emergency',
    ],
    [
      'a step after six minutes',
      withOther({
        steps: { ...CONTENT.steps, R117: { after: { routine: days(1), urgent: hours(0.1), emergency: hours(0) }, reach: 'lead' } },
      }),
      'steps.R117.urgent',
    ],
    ['for nobody', withOther({ levelOverrides: [{ ...cardiology, when: {} }] }), 'levelOverrides.0.when'],
    [
      'for an unknown specialty',
      withOther({ levelOverrides: [{ ...cardiology, when: { specialty: 'phrenology' } }] }),
      'levelOverrides.0.when',
    ],
    ['without a time', withOther({ levelOverrides: [{ ...cardiology, within: {} }] }), 'levelOverrides.0.within'],
    ['without a reason', withOther({ levelOverrides: [{ ...cardiology, because: ' ' }] }), 'levelOverrides.0.because'],
    ['twice the same', withOther({ levelOverrides: [cardiology, { ...cardiology, within: { routine: days(3) } }] }), 'levelOverrides.1'],
    [
      'an unknown step',
      withOther({ stepOverrides: [{ when: { payer: 'Aetna' }, rule: 'R0', after: null, because }] }),
      'stepOverrides.0.rule',
    ],
    ['no such zone', withOther({ calendar: { ...calendar, timeZone: 'Mars/Olympus' } }), 'calendar.timeZone'],
    ['closed before it opens', withOther({ calendar: { ...calendar, opens: 17, closes: 8 } }), 'calendar.opens'],
    ['the 30th of February', withOther({ calendar: { ...calendar, holidays: ['2026-02-30'] } }), 'calendar.holidays'],
    ['of a clinic', withOther({ clinicCalendars: { North: { ...calendar, closes: 25 } } }), 'clinicCalendars.0.opens'],
  ])('%s', (_, content, field) => {
    const faults = faultsIn(content);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.fix.length).toBeGreaterThan(5);
  });
});

describe('what is another', () => {
  const told = (content: PolicyContent) => differences(CONTENT, content, KINDS).map(({ field, before, after }) => [field, before, after]);

  test('a time, whom a step reaches, an exception, a calendar', () => {
    expect(told(answerIn(days(1)))).toEqual([['levels.answer.routine', '2 business days', '1 business day']]);
    const step = CONTENT.steps['R121'];
    if (!step) throw new Error('There is no R121.');
    expect(told(withOther({ steps: { ...CONTENT.steps, R121: { ...step, reach: 'lead' } } }))).toEqual([
      ['steps.R121.reach', 'clinician', 'lead'],
    ]);
    expect(told(withOther({ levelOverrides: [cardiology] }))).toEqual([
      ['levelOverrides.answer', null, 'Cardiology: routine 1 business day'],
    ]);
    expect(told(withOther({ stepOverrides: [{ when: { payer: 'Aetna' }, rule: 'R136', after: null, because }] }))).toEqual([
      ['stepOverrides.R136', null, 'Aetna: left out'],
    ]);
    expect(told(withOther({ calendar: { ...CONTENT.calendar, holidays: ['2026-12-24', '2026-12-25'] } }))).toEqual([
      ['calendar', 'America/Chicago, 8 to 17, 1 holiday', 'America/Chicago, 8 to 17, 2 holidays'],
    ]);
  });

  test('it reaches what it is about, and what cannot be told apart', () => {
    const owed = { kind: 'answer', urgency: 'routine', specialtyName: 'Cardiology' } as const;
    const reaches = (content: PolicyContent, other: object = {}) =>
      differences(CONTENT, content, KINDS).some((each) => canReach(each, { ...owed, ...other }));
    expect(reaches(answerIn(days(1)))).toBe(true);
    expect(reaches(answerIn(days(1)), { urgency: 'urgent' })).toBe(false);
    expect(reaches(answerIn(days(1)), { kind: 'note' })).toBe(false);
    expect(reaches(withOther({ levelOverrides: [cardiology] }), { specialtyName: 'Dermatology' })).toBe(false);
    expect(reaches(withOther({ levelOverrides: [{ ...cardiology, when: { payer: 'Aetna' } }] }))).toBe(true);
    expect(
      reaches(withOther({ stepOverrides: [{ when: { payer: 'Aetna' }, rule: 'R121', after: null, because }] }), { kind: 'note' }),
    ).toBe(true);
  });
});

test('a policy of an earlier version of the product gets the stages and steps that it lacks, and keeps what it has', () => {
  expect(completed(POLICY)).toBeUndefined();
  const { reply: _, ...levels } = POLICY.levels;
  const steps = POLICY.steps.filter(({ rule }) => rule !== 'R121').map((step) => ({ ...step, reach: 'lead' as const }));
  const after = completed({ ...POLICY, version: 4, levels: levels as SlaPolicy['levels'], steps });
  expect(after?.version).toBe(5);
  expect(after?.levels.reply).toEqual(POLICY.levels.reply);
  expect(after?.steps).toHaveLength(ESCALATION_STEPS.length);
  expect(after?.steps.filter(({ reach }) => reach !== 'lead').map(({ rule }) => rule)).toEqual(['R121']);
});

test('a time that the product had and that nobody changed is the present one; one that a site chose stays', () => {
  const hours = (count: number) => ({ hours: count, clock: 'wall' as const });
  const earlier = (rule: string, urgent: number): SlaPolicy['steps'] =>
    POLICY.steps.map((step) =>
      step.rule === rule ? { ...step, after: { ...step.after, urgent: hours(urgent), emergency: hours(8) } } : step,
    );
  const after = (of: SlaPolicy | undefined) => of?.steps.find(({ rule }) => rule === 'reply-lead')?.after.urgent;
  const kept = completed({ ...POLICY, version: 4, steps: earlier('reply-lead', 48) });
  expect(kept?.version).toBe(5);
  expect(after(kept)).toEqual(hours(8));
  expect(completed({ ...POLICY, steps: earlier('reply-lead', 24) })).toBeUndefined();
});
