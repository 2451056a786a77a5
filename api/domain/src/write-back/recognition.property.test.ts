/** What an EHR makes of our writes, and what others write beside them: ours is never missed, and never mistaken. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { specialtyById } from '../clinical/specialty.ts';
import type { Resource } from '../fhir/ehr-port.ts';
import type { StepName } from '../referral/event.ts';
import { planWrites } from './plan.ts';
import { contentAddresses, likeness, withContent } from './recognition.ts';
import type { ApprovedReferral, Json } from './resources.ts';
import { ALL, approved, launched } from './test-approved-referral.ts';

const WRITTEN_AT = '2026-11-20T09:58:25.123Z';
const WITHIN = { from: approved.approvedAt, until: '2026-11-20T10:05:00.000Z' };

const references: Record<string, string> = {
  DocumentReference: 'DocumentReference/n1',
  ServiceRequest: 'ServiceRequest/o1',
  Task: 'Task/t1',
};
const EVERY: StepName[] = [...ALL, 'Communication'];
const filled = (resource: Json, of: Record<string, string> = references): Resource =>
  JSON.parse(
    JSON.stringify(resource).replaceAll(/\{\{([A-Za-z]+)(:versioned)?\}\}/g, (_, name: string, versioned?: string) =>
      versioned ? `${of[name]}/_history/1` : (of[name] ?? ''),
    ),
  ) as Resource;

const sent = (name: StepName, referral: ApprovedReferral = approved, of = references): Resource => {
  const write = (name === 'Communication' ? planWrites(referral, 4, launched, EVERY) : planWrites(referral, 2, null, ALL)).find(
    (each) => each.name === name,
  );
  if (!write) throw new Error(`No ${name}`);
  return filled(write.resource, of);
};

const nothingOfOurs = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(nothingOfOurs);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['identifier', 'masterIdentifier', 'groupIdentifier'].includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, nothingOfOurs(inner)]));
};

const toTheSecond = (resource: Resource): Resource =>
  JSON.parse(JSON.stringify(resource).replaceAll(/(T\d\d:\d\d:\d\d)\.\d+Z/g, '$1Z')) as Resource;

const otherDisplays = (resource: Resource): Resource =>
  JSON.parse(JSON.stringify(resource).replaceAll(/"display":"[^"]*"/g, '"display":"AS THE EHR SAYS IT"')) as Resource;

const asBinary = (resource: Resource): Resource => {
  const attachment = { contentType: 'text/plain', url: 'Binary/b1' };
  if (resource.resourceType === 'DocumentReference') return { ...resource, content: [{ attachment }] };
  return resource.resourceType === 'Communication' ? { ...resource, payload: [{ contentAttachment: attachment }] } : resource;
};

const without =
  (field: string) =>
  (resource: Resource): Resource =>
    Object.fromEntries(Object.entries(resource).filter(([key]) => key !== field)) as Resource;

/** Each is seen in the field or allowed by FHIR; none changes who, for whom, or what was said. */
const HABITS: Record<string, (resource: Resource) => Resource> = {
  toTheSecond,
  otherDisplays,
  asBinary,
  ...Object.fromEntries(
    [
      'supportingInfo',
      'orderDetail',
      'note',
      'category',
      'insurance',
      'performerType',
      'reasonCode',
      'encounter',
      'meta',
      'basedOn',
      'entity',
    ].map((field) => [`without ${field}`, without(field)]),
  ),
};

const stored = (resource: Resource, habits: readonly string[]): Resource => {
  const bare = nothingOfOurs(resource) as Resource;
  const kept = habits.reduce((each, habit) => (HABITS[habit] ?? ((same: Resource) => same))(each), bare);
  return { ...kept, id: 'x1', meta: { versionId: '1', lastUpdated: WRITTEN_AT } };
};

const habits = fc.subarray(Object.keys(HABITS));
const name = fc.constantFrom(...EVERY);

describe('an EHR that keeps no identifier of ours', () => {
  test('whatever else it drops or rewrites, what we wrote is never called somebody else’s', () => {
    fc.assert(
      fc.property(name, habits, (step, how) => {
        expect(likeness(stored(sent(step), how), sent(step), step, WITHIN)).not.toBe('not-ours');
      }),
    );
  });

  test.each(EVERY)('%s that is otherwise kept is recognised', (step) => {
    expect(likeness(stored(sent(step), []), sent(step), step, WITHIN)).toBe('ours');
    expect(likeness(stored(sent(step), ['toTheSecond', 'otherDisplays']), sent(step), step, WITHIN)).toBe('ours');
  });

  test.each(['DocumentReference', 'Communication'] as const)(
    'a %s whose text moved into a Binary is recognised once the text is fetched',
    (step) => {
      const note = sent(step);
      const kept = stored(note, ['asBinary']);
      expect(likeness(kept, note, step, WITHIN)).toBe('perhaps');
      expect(contentAddresses(kept)).toEqual(['Binary/b1']);
      expect(likeness(withContent(kept, new Map([['Binary/b1', approved.note.base64]])), note, step, WITHIN)).toBe('ours');
      expect(likeness(withContent(kept, new Map([['Binary/b1', 'YW5vdGhlcg==']])), note, step, WITHIN)).toBe('not-ours');
    },
  );

  test('an EHR that puts words of its own around the text still holds the note', () => {
    const words = 'Palpitations with near syncope since the spring; please advise on monitoring and ablation. Thank you, Dr. Lee.';
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const note = sent('DocumentReference', { ...approved, note: { ...approved.note, base64: base64(words) } });
    const wrapped = stored(note, []);
    const framed = `CLINIC HEADER\r\n${words.replace('; ', ';\r\n')}\r\nElectronically signed`;
    wrapped['content'] = [{ attachment: { contentType: 'text/plain', data: base64(framed) } }];
    expect(likeness(wrapped, note, 'DocumentReference', WITHIN)).toBe('ours');
  });

  test('an order that names the note just filed is ours, however wrong the EHR’s clock is', () => {
    const order = sent('ServiceRequest');
    const slow = { ...stored(order, []), meta: { versionId: '1', lastUpdated: '2026-11-20T09:41:00.000Z' } };
    expect(likeness(slow, order, 'ServiceRequest', WITHIN)).toBe('ours');
  });

  test('an order that lost the mention of its note is for a person to judge', () => {
    const order = sent('ServiceRequest');
    expect(likeness(stored(order, ['without supportingInfo', 'without orderDetail']), order, 'ServiceRequest', WITHIN)).toBe('perhaps');
  });
});

describe('what others wrote', () => {
  const neurology = specialtyById('neurology');
  if (!neurology) throw new Error('neurology is a specialty');
  const others: Record<string, ApprovedReferral> = {
    'the same clinician, a minute later, to another specialty': {
      ...approved,
      specialty: neurology,
      performer: { ...approved.performer, npi: '1992999825', display: 'Ben Okafor, MD', nucc: '2084N0400X' },
      note: { base64: 'YW5vdGhlciBub3Rl', bytes: 12, title: 'Referral note to neurology' },
      approvedAt: '2026-11-20T09:59:20.000Z',
    },
    'another clinician, to the same specialist': {
      ...approved,
      requester: 'Practitioner/moss',
      requesterDisplay: 'Dr. Moss',
      note: { base64: 'bW9zcw==', bytes: 4, title: approved.note.title },
    },
    'the same clinician, yesterday': { ...approved, approvedAt: '2026-11-19T09:58:20.000Z' },
  };
  const theirs = { DocumentReference: 'DocumentReference/n2', ServiceRequest: 'ServiceRequest/o2', Task: 'Task/t2' };

  test.each(Object.keys(others))('%s, is never taken for ours', (who) => {
    const referral = others[who];
    if (!referral) throw new Error(who);
    fc.assert(
      fc.property(name, habits, (step, how) => {
        const found = { ...stored(sent(step, referral, theirs), how), meta: { versionId: '1', lastUpdated: referral.approvedAt } };
        expect(likeness(found, sent(step), step, WITHIN)).not.toBe('ours');
      }),
    );
  });

  test('approved anew in the same minute with the very same words, and the EHR kept its identifiers: it is the other one', () => {
    const another = { ...approved, referralId: '01JOTHER', approvalId: '01JOTHERAPPROVAL' };
    fc.assert(
      fc.property(name, (step) => {
        const found = { ...sent(step, another), id: 'x1', meta: { versionId: '1', lastUpdated: WRITTEN_AT } };
        expect(likeness(found, sent(step), step, WITHIN)).toBe('not-ours');
        expect(likeness({ ...sent(step), id: 'x1', meta: found.meta }, sent(step), step, WITHIN)).toBe('ours');
      }),
    );
  });

  test('an old note with the very same words is not ours', () => {
    const old = { ...stored(sent('DocumentReference'), []), meta: { versionId: '1', lastUpdated: '2026-11-18T08:00:00Z' } };
    expect(likeness(old, sent('DocumentReference'), 'DocumentReference', WITHIN)).toBe('not-ours');
  });
});
