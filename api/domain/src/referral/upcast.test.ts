import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReferralEvent, ReferralFact } from './event.ts';
import { stagesOfNotes } from './inference.ts';
import { FOLD_VERSION, fold, type Referral } from './referral.ts';
import { EVENT_VERSIONS, readFact } from './upcast.ts';

const folder = join(import.meta.dirname, 'golden');
type Golden = { type: string; version: number; data: Record<string, unknown> };
const golden = readdirSync(folder).map((name) => ({ name, event: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Golden }));

describe('stored events of every version stay readable', () => {
  test.each(golden)('$name', ({ name, event }) => {
    expect(name).toBe(`${event.type}.v${event.version}.json`);
    const fact = readFact(event.type, event.version, event.data);
    const { current } = EVENT_VERSIONS[fact.type];
    expect(fact.version).toBe(current);
    // A golden file of the current version is what is written today, to the letter.
    if (event.version === current) expect(fact).toEqual({ type: event.type, version: current, ...event.data });
  });

  test('each version of each type has its golden file', () => {
    const expected = Object.entries(EVENT_VERSIONS).flatMap(([type, { current }]) =>
      Array.from({ length: current }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(golden.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  test('an unknown type or a newer version is refused, not guessed', () => {
    expect(() => readFact('referral-teleported', 1, {})).toThrow(/newer release/);
    expect(() => readFact('referral-started', 3, {})).toThrow(/reads up to 2/);
  });
});

/**
 * What the fold makes of the golden events is stored with its version. Where this fails the fold's form changed: count FOLD_VERSION up, so
 * that rows kept in the old form are made anew, and write golden-fold.json anew from what the test received.
 */
test('the form of the fold is that of FOLD_VERSION', () => {
  expect({ foldVersion: FOLD_VERSION, referral: folded(), proposals: proposals(), takenOff: takenOff() }).toEqual(
    JSON.parse(readFileSync(join(import.meta.dirname, 'golden-fold.json'), 'utf8')),
  );
});

test('the golden history folds to a referral that is in the chart', () => {
  expect(folded()?.order).toMatchObject({
    status: 'active',
    reference: { type: 'ServiceRequest', id: 'order-1' },
    approval: { by: 'Practitioner/lee' },
  });
  expect(folded()?.attempts).toHaveLength(1);
});

const IN_CHART: ReferralFact['type'][] = [
  'referral-started',
  'recommendation-made',
  'referral-approved',
  'write-back-planned',
  'write-step-settled',
];

/** What stands of further specialists after each of these: proposed, refused, and approved after all. */
function proposals() {
  const before = [...IN_CHART, 'attempt-sent', 'attempt-declined'] as const;
  const chain = ['performer-proposed', 'performer-refused', 'performer-proposed', 'performer-approved', 'attempt-opened'] as const;
  return chain.map((after, at) => {
    const referral = folded([...before, ...chain.slice(0, at + 1)]);
    return {
      after,
      proposal: referral?.proposal,
      furtherApproved: referral?.furtherApproved,
      refusedPerformers: referral?.refusedPerformers,
      attempts: referral?.attempts.map(({ work }) => work.status),
    };
  });
}

/** What stands of an attempt while a note is linked by mistake, the office books, another note comes, and the first is taken off. */
function takenOff() {
  const note = (reportId: string) => (event: ReferralEvent) => ({ ...event, fact: { ...event.fact, reportId } as ReferralFact });
  const undated = (event: ReferralEvent): ReferralEvent => ({ ...event, effectiveAt: null });
  const [wrong, right] = [note('report-1'), note('report-2')];
  const chain: [ReferralFact['type'], (event: ReferralEvent) => ReferralEvent][] = [
    ['attempt-sent', undated],
    ['attempt-accepted', undated],
    ['patient-seen', undated],
    ['report-received', wrong],
    ['report-matched', wrong],
    ['appointment-booked', (event) => event],
    ['report-received', right],
    ['report-matched', right],
    ['report-unlinked', wrong],
  ];
  const order = [...IN_CHART, ...chain.map(([type]) => type)];
  const events = eventsOf(order).map((event, at) => {
    const told = { ...event, recordedAt: `2026-11-20T10:${at + 10}:00.000Z` };
    return chain[at - IN_CHART.length]?.[1](told) ?? told;
  });
  return ['report-matched', 'report-unlinked'].map((after) => {
    const until = events.findLastIndex(({ fact }) => fact.type === after) + 1;
    const referral = fold('ref-1', events.slice(0, until));
    return { after, attempts: referral?.attempts.map(({ performer: _performer, ...attempt }) => attempt), stages: stagesIn(referral) };
  });
}

const stagesIn = (referral: Referral | undefined) => (referral ? [...stagesOfNotes(referral)] : []);

const folded = (order: readonly ReferralFact['type'][] = IN_CHART) => fold('ref-1', eventsOf(order));

function eventsOf(order: readonly ReferralFact['type'][]): ReferralEvent[] {
  return order.map((type, index) => {
    const { event } = golden.find(({ event: each }) => each.type === type)!;
    return {
      sequence: index + 1,
      effectiveAt: '2026-11-20T09:58:20.000Z',
      recordedAt: '2026-11-20T09:58:20.000Z',
      factKey: null,
      actor: { kind: 'person' as const, subject: 'lee', fhirUser: 'Practitioner/lee', sessionId: 's' },
      fact: readFact(event.type, event.version, event.data),
    };
  });
}
