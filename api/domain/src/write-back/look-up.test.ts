import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import { ok, refuse } from '../result.ts';
import { lookUp } from './look-up.ts';
import { planWrites } from './plan.ts';
import type { StepInHand } from './plan-in-hand.ts';
import { holdsApproved } from './recognition.ts';
import { ALL, approved, launched } from './test-approved-referral.ts';
import { scriptedEhr } from './test-scripted-ehr.ts';

const NOW = '2026-11-20T10:00:00.000Z';
const withoutKey = ({ identifier: _identifier, ...resource }: Resource): Resource => resource;

const step = (name: StepInHand['name'], rung: 1 | 2 = 2, more: Partial<StepInHand> = {}): StepInHand => {
  const write = planWrites(approved, rung, rung === 1 ? launched : null, ALL).find((each) => each.name === name);
  if (!write) throw new Error(`No ${name}`);
  const resource = JSON.parse(
    JSON.stringify(write.resource)
      .replaceAll('{{DocumentReference}}', 'DocumentReference/n1')
      .replaceAll('{{ServiceRequest}}', 'ServiceRequest/o1'),
  ) as StepInHand['resource'];
  return { ...write, resource, outcome: { status: 'waiting' }, attemptedAt: '2026-11-20T09:58:22.000Z', notOurs: [], ...more };
};

const inEhr = (from: StepInHand, more: Partial<Resource> = {}): Resource => ({
  ...withoutKey(from.resource as Resource),
  id: 'made',
  ...more,
  meta: { versionId: '1', lastUpdated: '2026-11-20T09:58:23.000Z' },
});

const look = (from: StepInHand, ehr: Parameters<typeof lookUp>[1]['ehr']) =>
  lookUp(from, { ehr, patient: approved.patientId, approvedAt: approved.approvedAt, now: NOW });

describe('where the EHR keeps no identifier of ours', () => {
  test('what was sent is found by what was written', async () => {
    const order = step('ServiceRequest');
    const found = await look(order, scriptedEhr([], [inEhr(order)]));
    expect(found).toEqual({ kind: 'found', where: { reference: 'ServiceRequest/made', versionId: '1', orderStatus: 'active' } });
  });

  test('before anything was sent nothing that resembles it is taken for ours', async () => {
    const order = step('ServiceRequest', 2, { attemptedAt: null });
    expect(await look(order, scriptedEhr([], [inEhr(order)]))).toEqual({ kind: 'nothing', byIdentifier: true });
  });

  test('what may be ours is told by where, when and by whom, and by nothing else', async () => {
    const order = step('ServiceRequest');
    const { supportingInfo: _note, orderDetail: _detail, ...bare } = inEhr(order);
    expect(await look(order, scriptedEhr([], [bare as Resource]))).toEqual({
      kind: 'perhaps',
      candidates: [{ reference: 'ServiceRequest/made', versionId: '1', filedAt: '2026-11-20T09:58:20.000Z', author: 'Dr. Lee' }],
    });
  });

  test('what a person judged not to be ours is not offered again', async () => {
    const order = step('ServiceRequest', 2, { notOurs: ['ServiceRequest/made'] });
    expect(await look(order, scriptedEhr([], [inEhr(order)]))).toEqual({ kind: 'nothing', byIdentifier: true });
  });

  test('a note in a Binary is fetched and recognised; one that cannot be fetched is for a person', async () => {
    const note = step('DocumentReference');
    const moved = inEhr(note, { content: [{ attachment: { contentType: 'text/plain', url: 'Binary/b1' } }] });
    const binary = { resourceType: 'Binary', id: 'b1', data: approved.note.base64 };
    expect(await look(note, scriptedEhr([], [moved, binary]))).toMatchObject({ kind: 'found' });
    expect(await look(note, scriptedEhr([], [moved]))).toMatchObject({ kind: 'perhaps' });
  });

  test('the note of an approval that lapsed a moment ago is not the one that replaces it, though it says the same', async () => {
    const old = { type: 'DocumentReference', id: 'old' };
    const write = planWrites({ ...approved, replacesNote: old }, 2, null, ALL).find((each) => each.name === 'DocumentReference');
    const note = step('DocumentReference', 2, { resource: { ...write?.resource } });
    const { relatesTo: _relatesTo, ...lapsed } = inEhr(note, { id: 'old' });
    expect(await look(note, scriptedEhr([], [lapsed as Resource]))).toEqual({ kind: 'nothing', byIdentifier: true });
    expect(await look(note, scriptedEhr([], [lapsed as Resource, inEhr(note)]))).toMatchObject({
      kind: 'found',
      where: { reference: 'DocumentReference/made' },
    });
  });

  test('another patient’s entry is never a candidate', async () => {
    const order = step('ServiceRequest');
    const foreign = inEhr(order, { subject: { reference: 'Patient/another' } });
    expect(await look(order, scriptedEhr([], [foreign]))).toMatchObject({ kind: 'nothing' });
  });

  test('where more entries follow than are looked through, nothing is said of what they hold', async () => {
    const order = step('ServiceRequest');
    const endless = {
      base: 'https://ehr.example.org/fhir',
      get: async (path: string) =>
        path.includes('identifier=')
          ? ok<Resource>({ resourceType: 'Bundle', entry: [] })
          : ok<Resource>({ resourceType: 'Bundle', entry: [], link: [{ relation: 'next', url: 'ServiceRequest?page=next' }] }),
    };
    expect(await look(order, endless)).toEqual({ kind: 'no-answer' });
  });

  test('an EHR that does not answer the second look says nothing about the first', async () => {
    const order = step('ServiceRequest');
    const ehr = scriptedEhr([], []);
    const silentLater = {
      ...ehr,
      get: async (path: string) => (path.includes('identifier=') ? ehr.get(path) : refuse({ kind: 'no-answer', detail: '' } as const)),
    };
    expect(await look(order, silentLater)).toEqual({ kind: 'no-answer' });
  });
});

describe('the launched order', () => {
  const update = step('ServiceRequest', 1);
  const held = (more: Partial<Resource>, versionId: string): Resource => ({
    ...withoutKey({ ...(update.resource as Resource), ...more }),
    id: 'order-1',
    meta: { versionId },
  });

  test('at the approved version nothing was written', () => {
    expect(holdsApproved(held({}, '3'), update.resource as Resource, '3')).toBe(false);
  });
  test('at a newer one that says what was approved it was', async () => {
    expect(holdsApproved(held({}, '4'), update.resource as Resource, '3')).toBe(true);
    expect(await look(update, { base: 'https://ehr.example.org/fhir', get: async () => ok(held({}, '4')) })).toMatchObject({
      kind: 'found',
      where: { versionId: '4' },
    });
  });
  test.each([
    ['another specialist', { performer: [{ type: 'PractitionerRole', identifier: { value: '1992999825' }, display: 'Ben Okafor, MD' }] }],
    ['another note', { supportingInfo: [{ reference: 'DocumentReference/other' }] }],
    ['neither note nor detail of ours', { supportingInfo: [], orderDetail: [] }],
  ])('at a newer one with %s it is somebody’s change', (_what, more) => {
    expect(holdsApproved(held(more, '4'), update.resource as Resource, '3')).toBe(false);
  });
});
