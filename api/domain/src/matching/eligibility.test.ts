import { describe, expect, test } from 'vitest';
import type { AcceptingPatients, NetworkParticipation } from '../network/directory.ts';
import { acceptingOf } from './accepting.ts';
import { eligible } from './eligibility.ts';
import { type EntryChanges, exampleEntry, exampleRequest, inNetwork, PLAN, TODAY } from './example-directory.ts';
import { SEED_V1 } from './policies.ts';
import type { MatchRequest } from './request.ts';

const reasonsFor = (changes: Omit<EntryChanges, 'id'>, request: Partial<MatchRequest> = {}) => {
  const judged = eligible(exampleEntry({ id: 'e', ...changes }), exampleRequest(request), PLAN, SEED_V1);
  return judged.kind === 'eligible' ? [] : judged.reasons;
};

describe('hard filters', () => {
  test('the example is eligible', () => expect(reasonsFor({})).toEqual([]));

  test.each<[string, Omit<EntryChanges, 'id'>, Partial<MatchRequest>, readonly string[]]>([
    ['a paediatrician for an adult', { ages: 'children' }, {}, ['children-only']],
    ['a paediatrician for a child', { ages: 'children' }, { patient: 'child' }, []],
    ['adults only for a child', { ages: 'adults' }, { patient: 'child' }, ['adults-only']],
    ['R3: closed', { networks: [inNetwork({ accepting: 'nopt' })] }, {}, ['not-accepting']],
    ['existing patients only', { networks: [inNetwork({ accepting: 'existptonly' })] }, {}, ['existing-patients-only']],
    ['families of patients only', { networks: [inNetwork({ accepting: 'existptfam' })] }, {}, ['existing-patients-only']],
    ['accepting not stated', { networks: [inNetwork({ accepting: 'unknown' })] }, {}, []],
    ['R18: no emergencies', { acceptsEmergencies: false }, { urgency: 'emergency' }, ['no-emergencies']],
    ['R18: no emergencies, but urgent', { acceptsEmergencies: false }, { urgency: 'urgent' }, []],
    ['R2: another network', { networks: [inNetwork({ networkId: 'net-b' })] }, {}, ['out-of-network']],
    ['R2: a row that has ended', { networks: [inNetwork({ until: '2026-11-19' })] }, {}, ['out-of-network']],
    ['R2: a row that starts tomorrow', { networks: [inNetwork({ from: '2026-11-21' })] }, {}, ['out-of-network']],
    ['R2: a row of today only', { networks: [inNetwork({ from: TODAY, until: TODAY })] }, {}, []],
    ['verified 90 days ago', { networks: [inNetwork({ verifiedOn: '2026-08-22' })] }, {}, []],
    ['verified 91 days ago', { networks: [inNetwork({ verifiedOn: '2026-08-21' })] }, {}, ['network-unknown']],
    ['no coverage', {}, { coverage: { kind: 'none' } }, ['network-unknown']],
    ['coverage not active', {}, { coverage: { kind: 'not-active' } }, ['network-unknown']],
    [
      'several at once, in the order in which they count',
      { ages: 'children', networks: [inNetwork({ networkId: 'net-b', accepting: 'nopt' })] },
      {},
      ['children-only', 'not-accepting', 'out-of-network'],
    ],
  ])('%s', (_name, entry, request, expected) => expect(reasonsFor(entry, request)).toEqual(expected));

  test('R18: an emergency needs a statement, silence is not one', () => {
    const { acceptsEmergencies: _, ...silent } = exampleEntry({ id: 'e' });
    expect(eligible(silent, exampleRequest({ urgency: 'emergency' }), PLAN, SEED_V1)).toMatchObject({ reason: 'no-emergencies' });
  });

  test('a plan that the directory no longer has is unknown, not out', () => {
    expect(eligible(exampleEntry({ id: 'e' }), exampleRequest(), undefined, SEED_V1)).toMatchObject({
      reason: 'network-unknown',
      facts: { network: { status: 'unknown', reason: 'plan-not-in-directory' } },
    });
  });
});

const noted = (networkId: string, accepting: AcceptingPatients) =>
  exampleEntry({
    id: 'e',
    networks: [inNetwork({ accepting })],
    contradictions: [{ about: 'accepting', networkId, detail: 'One row says yes, another no.' }],
  });

describe('accepting new patients', () => {
  const plan = { ...PLAN, networkIds: ['net-a', 'net-c'] };
  const of = (...rows: NetworkParticipation[]) => acceptingOf(exampleEntry({ id: 'e', networks: rows }), plan, TODAY);

  test.each<[string, NetworkParticipation[], string]>([
    ['one row', [inNetwork()], 'yes'],
    ['two rows that agree', [inNetwork(), inNetwork({ source: 'Another' })], 'yes'],
    ['a silent row beside a stated one', [inNetwork(), inNetwork({ accepting: 'unknown' })], 'yes'],
    ['two rows of the plan that disagree', [inNetwork(), inNetwork({ networkId: 'net-c', accepting: 'nopt' })], 'contradictory'],
    ['another plan’s network disagrees', [inNetwork(), inNetwork({ networkId: 'net-b', accepting: 'nopt' })], 'yes'],
    ['open elsewhere, closed to this plan', [inNetwork({ accepting: 'nopt' }), inNetwork({ networkId: 'net-b' })], 'no'],
    ['out of network: what other networks say', [inNetwork({ networkId: 'net-b', accepting: 'nopt' })], 'no'],
    ['a row that has ended counts for nothing', [inNetwork({ until: '2026-01-01', accepting: 'nopt' }), inNetwork()], 'yes'],
    [
      'closed, with an exception for its own',
      [inNetwork({ accepting: 'nopt' }), inNetwork({ accepting: 'existptfam' })],
      'existing-patients-only',
    ],
    ['no row at all', [], 'unknown'],
  ])('%s', (_name, rows, expected) => expect(of(...rows)).toBe(expected));

  test('a contradiction the importer noted makes it a question, for the network concerned only', () => {
    expect(acceptingOf(noted('net-a', 'newpt'), plan, TODAY)).toBe('contradictory');
    expect(acceptingOf(noted('net-b', 'newpt'), plan, TODAY)).toBe('yes');
    expect(acceptingOf(noted('net-a', 'unknown'), plan, TODAY)).toBe('contradictory');
    expect(acceptingOf(noted('net-a', 'nopt'), plan, TODAY)).toBe('no');
  });
});
