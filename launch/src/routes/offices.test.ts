/** The offices' own EHR, played: each act writes what it rests on and moves the Task, and only from where the Task stands. */
import type { Appointment, DocumentReference, Encounter, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTaskOffices } from '../players/task-offices.ts';
import { CHART, EHR, openTestEhr, type TestEhr } from './test-ehr.ts';

const NPI = '1999999984';
const TASK: Task = {
  resourceType: 'Task',
  id: 'task-a',
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
  focus: { reference: 'ServiceRequest/order-a' },
  for: { reference: 'Patient/pat-a' },
  owner: { type: 'PractitionerRole', identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI }, display: 'Ana Rivera, MD' },
};

const PLAYED: Task = {
  ...TASK,
  id: 'task-played',
  focus: { reference: 'ServiceRequest/order-b' },
  for: { reference: 'Patient/pat-b' },
  owner: { ...TASK.owner, identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1538271645' }, display: 'Bo Ek, MD' },
};

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr([...CHART, TASK, { ...TASK, id: 'task-draft', status: 'draft' }, PLAYED]);
});
afterAll(() => ehr.close());

const task = (): Promise<Task & { meta: { versionId: string } }> => ehr.repository.read<Task>('Task', 'task-a');
const page = async (): Promise<string> => (await ehr.app.request(`${EHR}/offices/${NPI}`)).text();
async function press(given: Record<string, string>, headers: Record<string, string> = { origin: EHR }, npi = NPI): Promise<number> {
  const body = new URLSearchParams({ version: (await task()).meta.versionId, ...given });
  return (await ehr.app.request(`${EHR}/offices/${npi}/tasks/task-a`, { method: 'POST', body, headers })).status;
}
const ofOrder = async <Kind extends Appointment | Encounter>(type: Kind['resourceType']): Promise<Kind[]> =>
  (await ehr.repository.search<Kind>(type, 'based-on=ServiceRequest/order-a')).matches;

test('a Task that was sent is on the page of its office and of no other; a draft is on none', async () => {
  expect(await (await ehr.app.request(`${EHR}/offices`)).text()).toContain('1 of 1 to do');
  expect((await page()).match(/Achterberg, Nora/g)?.length).toBeGreaterThan(0);
  expect(await (await ehr.app.request(`${EHR}/offices/1538271645`)).text()).not.toContain('Achterberg');
});

test('what cannot follow is refused: another office, an old version, a step too early, a form of another site, another machine', async () => {
  expect(await press({ act: 'accept' }, undefined, '1538271645')).toBe(404);
  expect(await press({ act: 'accept', version: '99' })).toBe(409);
  expect(await press({ act: 'seen' })).toBe(409);
  expect(await press({ act: 'note' })).toBe(400);
  expect(await press({ act: 'accept' }, { origin: 'https://elsewhere.example.org' })).toBe(403);
  ehr.setRemoteAddress('192.0.2.7');
  expect(await press({ act: 'accept' })).toBe(403);
  ehr.setRemoteAddress('127.0.0.1');
  expect((await task()).status).toBe('requested');
});

test('accepted, booked, moved, seen and answered: each with what it rests on', async () => {
  expect(await press({ act: 'accept' })).toBe(303);
  expect(await task()).toMatchObject({ status: 'accepted', businessStatus: { coding: [{ code: '3.0' }] } });
  await press({ act: 'book', startsAt: '2031-05-06T09:30' });
  await press({ act: 'book', startsAt: '2031-05-08T09:30' });
  const [booked, ...others] = await ofOrder<Appointment>('Appointment');
  expect([booked?.start, booked?.status, others]).toEqual(['2031-05-08T09:30:00.000Z', 'booked', []]);
  expect((await task()).output).toMatchObject([{ valueReference: { reference: `Appointment/${booked?.id}` } }]);
  await press({ act: 'seen' });
  expect((await ofOrder<Appointment>('Appointment'))[0]?.status).toBe('fulfilled');
  expect(await ofOrder<Encounter>('Encounter')).toMatchObject([
    { status: 'finished', appointment: [{ reference: `Appointment/${booked?.id}` }] },
  ]);
  await press({ act: 'note', text: 'Assessment: benign.' });
  const answered = await task();
  expect(answered).toMatchObject({ status: 'completed', businessStatus: { coding: [{ code: '7.0' }] } });
  const note = answered.output?.[1]?.valueReference?.reference?.split('/')[1] ?? '';
  expect(await ehr.repository.read<DocumentReference>('DocumentReference', note)).toMatchObject({
    author: [{ identifier: { value: NPI } }],
    context: { related: [{ reference: 'ServiceRequest/order-a' }] },
  });
  expect(await page()).toContain('Nothing more is to be done.');
});

test('a played office works on its Task as its page would, says that it is synthetic, and leaves alone what it is sent otherwise', async () => {
  const acts: string[] = [];
  let hasNoEhr = true;
  const work = createTaskOffices({ repository: ehr.repository, hasNoEhr: () => hasNoEhr });
  const day = async (): Promise<void> => {
    ehr.pass(86_400);
    const played = await work('seed-2', ehr.now());
    acts.push(...played.filter(({ who }) => who === 'Bo Ek, MD').map(({ act }) => act));
  };
  for (let count = 0; count < 9; count += 1) await day();
  expect(acts).toEqual([]);
  hasNoEhr = false;
  // Its order says for no number of visits: it asks for advice.
  for (let count = 0; count < 40 && acts.at(-1) !== 'note'; count += 1) await day();
  expect(acts).toEqual(['accept', 'note']);
  expect((await ehr.repository.read<Task>('Task', 'task-played')).status).toBe('completed');
  const [note] = (await ehr.repository.search<DocumentReference>('DocumentReference', 'related=ServiceRequest/order-b')).matches;
  expect(Buffer.from(note?.content[0]?.attachment.data ?? '', 'base64').toString()).toContain('Synthetic');
});
