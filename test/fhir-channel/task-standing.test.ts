/** The FHIR channel against the sandbox EHR: Tasks moved and made, each once, and left alone where that is not ours to do. */
import type { Task } from '@medplum/fhirtypes';
import { placerIdentifier, TASK_IDENTIFIER_SYSTEM, taskKey } from '@refloop/domain/write-back/identifiers';
import type { ModeName } from '@refloop/launch/modes/modes';
import { FHIR_BASE } from '@refloop/launch/routes/test-ehr';
import type { Message, Sent } from '@refloop/server/channels/handler';
import { type TaskStandingContent, taskStanding } from '@refloop/server/channels/task-standing';
import { handlerContract } from '@refloop/server/channels/test-handler-contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchange, openExchange } from './test-exchange.ts';

const AT = '2026-11-20T12:00:00.000Z';

const draft = (referralId: string, attempt: number) => ({
  resourceType: 'Task' as const,
  identifier: [{ system: TASK_IDENTIFIER_SYSTEM, value: taskKey(referralId, attempt) }, placerIdentifier(referralId)],
  status: 'draft' as const,
  intent: 'order' as const,
  code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
  focus: { reference: 'ServiceRequest/o1' },
  for: { reference: 'Patient/p1' },
  authoredOn: AT,
  requester: { reference: 'Practitioner/s' },
});

const content = (referralId: string, more: Partial<TaskStandingContent> = {}): TaskStandingContent => ({
  attempt: 1,
  patientId: 'p1',
  key: taskKey(referralId, 1),
  task: null,
  work: 'accepted',
  why: null,
  at: AT,
  approvedAt: AT,
  draft: null,
  transmissionId: null,
  ...more,
});

const tasksOf = async ({ ehr }: Exchange, referralId: string, attempt: number): Promise<Task[]> =>
  (await ehr.repository.search<Task>('Task', `identifier=${TASK_IDENTIFIER_SYSTEM}|${taskKey(referralId, attempt)}`)).matches;

/** Versions that say so: one each time it is written. */
async function versionsReading({ ehr }: Exchange, task: Task | undefined, status: string): Promise<number> {
  const history = task?.id === undefined ? [] : await ehr.repository.history('Task', task.id);
  return history.filter((version) => version.kind === 'content' && (version.resource as Task).status === status).length;
}

const counterpartOf = (exchange: Exchange, now: () => Date) => ({
  handler: taskStanding({ sites: [exchange.site()], access: exchange.access, now }),
  // The Task of an order that is over has to say so.
  afterTheEnd: 'leaves' as const,
  away: exchange.away,
  loseNextAnswer: exchange.loseNextAnswer,
  close: () => exchange.ehr.close(),
});

handlerContract(
  'a Task that is moved',
  async (now) => {
    const exchange = await openExchange();
    return {
      ...counterpartOf(exchange, now),
      content: (referralId) => content(referralId),
      prepare: async (_store, _scope, referralId) => void (await exchange.ehr.repository.create(draft(referralId, 1))),
      happened: async (referralId) => versionsReading(exchange, (await tasksOf(exchange, referralId, 1))[0], 'accepted'),
    };
  },
  FHIR_BASE,
);

handlerContract(
  'the Task of a later attempt',
  async (now) => {
    const exchange = await openExchange();
    return {
      ...counterpartOf(exchange, now),
      content: (referralId) => content(referralId, { attempt: 2, key: taskKey(referralId, 2), work: 'sent', draft: draft(referralId, 2) }),
      happened: async (referralId) => (await tasksOf(exchange, referralId, 2)).length,
    };
  },
  FHIR_BASE,
);

describe('what is left alone', () => {
  let exchange: Exchange;
  let number = 0;

  beforeAll(async () => {
    exchange = await openExchange();
  });
  afterAll(() => exchange.ehr.close());

  const send = (given: TaskStandingContent, mode: ModeName = 'full'): Promise<Sent> => {
    const site = exchange.site(mode);
    const message: Message<TaskStandingContent> = {
      id: 'm',
      scope: { tenant: 'north', issuer: site.iss, site: site.name },
      referralId: 'r',
      key: 'k',
      askedAt: AT,
      tries: 1,
      triedAt: null,
      content: given,
    };
    const handler = taskStanding({ sites: [site], access: exchange.access, now: () => new Date(AT) });
    return handler.send(message, { signal: AbortSignal.timeout(9000) });
  };
  const put = async (more: Partial<Task>): Promise<{ referralId: string; task: Task }> => {
    const referralId = `x${(number += 1)}`;
    const { resource } = await exchange.ehr.repository.create<Task>({ ...draft(referralId, 1), ...more });
    return { referralId, task: resource };
  };

  test('what the other side has written is kept, whatever it is', async () => {
    const note = [{ text: 'Call before coming.' }];
    const { referralId, task } = await put({ status: 'requested', note, priority: 'urgent' });
    expect(await send(content(referralId))).toEqual({ kind: 'done', receipt: `Task/${task.id}/_history/2` });
    const [now] = await tasksOf(exchange, referralId, 1);
    expect(now).toMatchObject({ status: 'accepted', note, priority: 'urgent', businessStatus: { text: 'Accepted' } });
  });

  test('a Task that is further along is not taken back; one that says the contrary is a person’s to judge', async () => {
    const ahead = await put({ status: 'completed' });
    const apart = await put({ status: 'completed' });
    expect((await send(content(ahead.referralId))).kind).toBe('left-out');
    expect(await send(content(apart.referralId, { work: 'declined', why: 'Out of the area' }))).toMatchObject({
      kind: 'refused',
      final: true,
    });
    for (const { task } of [ahead, apart]) expect(await versionsReading(exchange, task, 'completed')).toBe(1);
  });

  test('an office that has seen the patient meanwhile is not taken back to the booking that was just heard of', async () => {
    const stages = (work: string, code: string) => ({
      status: 'in-progress' as const,
      businessStatus: { coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code }], text: work },
    });
    const held = async (told: Partial<TaskStandingContent>, more: Partial<Task> = {}) => {
      const { referralId } = await put({ ...stages('seen', '5.1.4'), ...more });
      const answer = await send(content(referralId, { work: 'scheduled', since: AT, ...told }));
      const [now] = await tasksOf(exchange, referralId, 1);
      return [answer.kind, now?.businessStatus?.coding?.[0]?.code];
    };
    expect(await held({ passed: ['accepted'] })).toEqual(['left-out', '5.1.4']);
    expect(await held({ passed: ['accepted', 'seen'] }, { lastModified: AT })).toEqual(['done', '5.1.1']);
    // Booked again and seen again, all since we were told.
    expect(await held({ passed: ['seen'] }, { lastModified: '2026-11-20T13:00:00.000Z' })).toEqual(['refused', '5.1.4']);
    // Asked for before an upgrade.
    expect(await held({})).toEqual(['done', '5.1.1']);
  });

  test('a completed one whose note was taken off stays completed: the office is told that a note is waited for only where one is', async () => {
    const { referralId, task } = await put({ status: 'completed' });
    const awaited = await send(content(referralId, { reopens: true, noteAwaited: true }));
    expect(awaited).toMatchObject({
      kind: 'refused',
      byPersonOnly: true,
      detail: expect.stringContaining('their note is still waited for'),
    });
    const over = await send(content(referralId, { reopens: true, noteAwaited: false }));
    expect(over).toMatchObject({ kind: 'refused', final: true, detail: expect.stringContaining('no note of the specialist’s office') });
    expect(await versionsReading(exchange, task, 'completed')).toBe(1);
  });

  test('a Task on hold is not moved', async () => {
    const { referralId } = await put({ status: 'on-hold' });
    expect(await send(content(referralId))).toMatchObject({ kind: 'refused', final: true });
  });

  test.each<[ModeName, 'left-out' | 'refused', TaskStandingContent['draft']]>([
    ['epic-like', 'left-out', draft('never', 1)],
    ['oracle-like', 'left-out', null],
    ['athena-like', 'left-out', null],
    ['full', 'refused', null],
  ])('where there is none: %s says %s', async (mode, kind, made) => {
    expect((await send(content('never', { draft: made }), mode)).kind).toBe(kind);
    expect(await tasksOf(exchange, 'never', 1)).toEqual([]);
  });

  test('an EHR that lets Tasks be changed and not made has its Tasks moved', async () => {
    const { referralId } = await put({ status: 'requested' });
    expect((await send(content(referralId), 'epic-like')).kind).toBe('done');
  });
});
