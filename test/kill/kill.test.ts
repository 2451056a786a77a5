/**
 * A sample of `npm run campaign -- kill`, and whether what judges it would notice: into what a real run left behind, violations are planted one at
 * a time.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tools/test-database.ts';
import { answered, type KillRun, runKills } from './kill-runs.ts';
import { type Kill, killOf } from './plan.ts';
import { type FoundEffect, type Settled, violationsOnceSettled } from './verdict.ts';

const SEED = 11;
const HOUR_MS = 3_600_000;
const SOON = { early: false, after: 5, at: null, away: 0, which: 0.5 } as const;
/** Killed when the mail server has the mail and has not said so: whether it left is a person's to find out. */
const PLAN: readonly Kill[] = [
  { ...SOON, victim: 'refloop', at: { channel: 'mail', moment: 'taken' }, away: HOUR_MS / 6 },
  { ...SOON, victim: 'backend', at: { channel: 'note', moment: 'taken' } },
  { ...SOON, victim: 'postmaster' },
];

let database: TestDatabase;
let run: KillRun;
let found: Settled;

beforeAll(async () => {
  database = await createTestDatabase();
  run = await runKills({
    seed: SEED,
    kills: PLAN.length,
    lanes: 4,
    ehrDatabaseUrl: database.url,
    plan: (number) => PLAN[number - 1] ?? killOf(SEED, number),
    aimMs: 60_000,
    settling: [HOUR_MS / 10, 26 * HOUR_MS],
    told: () => undefined,
  });
  if (run.found) found = run.found;
}, 600_000);
afterAll(() => database.drop(), 60_000);

test('what is killed, when and for how long, is drawn from the seed and its number alone', () => {
  const drawn = (seed: number) => Array.from({ length: 300 }, (_, number) => killOf(seed, number));
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  expect(new Set(drawn(1).map(({ victim, at, early }) => `${victim} ${at?.channel} ${at?.moment} ${early}`)).size).toBeGreaterThan(40);
});

test('what was acknowledged is there, and what left has left once, whatever was killed', () => {
  expect(run.violations).toEqual([]);
  expect(run.kills).toEqual({ refloop: 1, backend: 1, postmaster: 1, both: 0 });
  // A sample in which nothing was at stake would show nothing.
  expect(run.aimed).toEqual(
    new Map([
      ['mail taken', 1],
      ['note taken', 1],
    ]),
  );
  expect(run.acknowledged).toBeGreaterThan(20);
  expect(run.askedAgain).toBeGreaterThan(0);
  expect([run.mails > 0, run.tasks > 0]).toEqual([true, true]);
  expect(found.effects.filter(({ kind, status }) => kind === 'office-mail' && status === 'unknown').length).toBeGreaterThan(0);
});

const effectOf = (kind: string, status: FoundEffect['status']): FoundEffect => {
  const effect = found.effects.find((each) => each.kind === kind && each.status === status);
  if (!effect) throw new Error(`The sample holds no ${kind} that is ${status}`);
  return effect;
};
const withEffect = (effect: FoundEffect, more: Partial<FoundEffect>): Settled => ({
  ...found,
  effects: found.effects.map((each) => (each === effect ? { ...each, ...more } : each)),
});
const task = (): [string, Settled['tasks'] extends ReadonlyMap<string, infer Value> ? Value : never] => {
  const [first] = found.tasks;
  if (!first) throw new Error('The sample holds no Task');
  return first;
};

describe('a violation that is planted is told', () => {
  test('a fact that was acknowledged is lost, or there twice', () => {
    const fact = found.facts.find(({ told, where }) => told && 'key' in where);
    const history = found.histories.get(fact?.referralId ?? '') ?? [];
    const key = fact && 'key' in fact.where ? `/${fact.where.key}` : '';
    const own = history.filter(({ factKey }) => factKey?.endsWith(key));
    const others = history.filter((event) => !own.includes(event));
    const told = (events: typeof history) =>
      violationsOnceSettled({ ...found, histories: new Map(found.histories).set(fact?.referralId ?? '', events) }).join('\n');
    expect(told(others)).toContain('was acknowledged and is there 0 times');
    expect(told([...history, ...own])).toContain('was acknowledged and is there 2 times');
  });

  test('an outbox sends a begun row again', () => {
    const [mail] = found.mails;
    expect(violationsOnceSettled({ ...found, mails: mail ? [...found.mails, mail] : [] }).join('\n')).toMatch(
      /the mail \S+ was sent twice/,
    );
    const [fax = ''] = found.faxes.keys();
    const again = { requests: 2, bodies: new Set(['one', 'other']), to: '', text: '' };
    expect(violationsOnceSettled({ ...found, faxes: new Map(found.faxes).set(fax || 'none', again) }).join('\n')).toContain(
      'with other words',
    );
  });

  test('a packet goes to the same office by two effects', () => {
    const histories = JSON.stringify([...found.histories.values()]);
    const sent = new Set(found.effects.flatMap(({ id, key }) => (histories.includes(`"transmissionId":"${key}"`) ? [id] : [])));
    const [packet, other] = found.mails.filter(({ effectId }) => sent.has(effectId));
    if (!packet || !other) throw new Error('The sample holds no two packets');
    const mails = found.mails.map((each) => (each === other ? { ...each, to: packet.to } : each));
    expect(violationsOnceSettled({ ...found, mails }).join()).toContain(`${packet.to} was sent a packet twice`);
  });

  test('something leaves that nobody asked for', () => {
    const stray = { effectId: 'stray', to: 'a@example.org', link: '' };
    expect(violationsOnceSettled({ ...found, mails: [...found.mails, stray] })).toEqual([
      'a mail went to a@example.org that no effect asked for',
    ]);
  });

  test('a packet that was acknowledged is forgotten, or a row is', () => {
    const sent = found.facts.find(({ way, told }) => way === 'mail' && told);
    const rest = found.effects.filter(({ referralId, kind }) => referralId !== sent?.referralId || kind !== 'office-mail');
    expect(violationsOnceSettled({ ...found, effects: rest }).join('\n')).toContain('and no effect waits for it');
    const done = effectOf('office-mail', 'done');
    expect(violationsOnceSettled(withEffect(done, { status: 'waiting', dueAt: '2020-01-01T00:00:00.000Z' })).join()).toContain(
      'is forgotten',
    );
    expect(violationsOnceSettled(withEffect(done, { status: 'begun' })).join()).toContain('was begun, and nobody found out');
    expect(violationsOnceSettled({ ...found, mails: found.mails.filter(({ effectId }) => effectId !== done.id) }).join()).toContain(
      'is done, and was taken 0 times',
    );
  });

  test('a doubt lies with nobody, or with nobody by name; or what is called not sent was', () => {
    const doubt = effectOf('office-mail', 'unknown');
    const owned = (owner: string | null) => violationsOnceSettled({ ...found, doubts: new Map(found.doubts).set(doubt.id, owner) }).join();
    expect([owned(null), owned('nobody-here')]).toEqual([
      expect.stringContaining('no named person'),
      expect.stringContaining('no named person'),
    ]);
    expect(violationsOnceSettled({ ...found, doubts: new Map() }).join()).toContain('no named person');
    const done = effectOf('office-mail', 'done');
    expect(violationsOnceSettled(withEffect(done, { status: 'left-out' })).join()).toContain('is called left out, and was taken');
  });

  test('an attempt has two Tasks, or one that says something else', () => {
    const [key, { wanted }] = task();
    const told = (read: string[]) => violationsOnceSettled({ ...found, tasks: new Map([[key, { wanted, read }]]) });
    expect([told([wanted, wanted]), told([]), told(['on-hold'])]).toEqual([
      [`there are 2 Tasks ${key}`],
      [`there are 0 Tasks ${key}`],
      [`the Task ${key} reads on-hold and not ${wanted}`],
    ]);
  });

  test('a note that is filed is not in the chart, or there twice', () => {
    const note = effectOf('note-in-chart', 'done');
    const told = (times: number) => violationsOnceSettled({ ...found, inChart: new Map(found.inChart).set(note.id, times) });
    expect([told(0), told(2)]).toEqual([0, 2].map((times) => [`the note-in-chart ${note.id} is done, and was taken ${times} times`]));
  });

  test('the audit, a projection, an open referral that nobody has', () => {
    const told = violationsOnceSettled({ ...found, audit: 'broken', differing: ['r1'], unowned: ['r2 (sent)'] });
    expect(told).toEqual(['r2 (sent) is open, and nobody owes anything', 'r1 is not what its events say', 'the audit is broken']);
  });
});

test.each([
  ['runs and answers nothing is told', true, 1],
  ['ended by itself is told when it is started again', false, 0],
])('a Refloop that %s', async (_what, isRunning, told) => {
  const waiting = { line: { counts: { answered: 3 } }, deployment: { runs: () => isRunning }, run: { violations: [] } };
  await answered(waiting, 1, 30);
  expect(waiting.run.violations).toHaveLength(told);
});
