import { describe, expect, test } from 'vitest';
import type { Contradiction, NetworkParticipation, Plan } from './directory.ts';
import { type CoverageStatement, coverageFactOf, findPlan, networkStatus } from './plan-lookup.ts';

const TODAY = '2026-11-20';
const POLICY = { networkStaleAfterDays: 180 };

const northPpo: Plan = {
  id: 'north-ppo',
  name: 'Northwind PPO',
  payer: { id: 'SYN90', name: 'Northwind Health' },
  identifiers: ['NW-100'],
  networkIds: ['net-a', 'net-b'],
};
const southHmo: Plan = {
  id: 'south-hmo',
  name: 'Southgate HMO',
  payer: { id: 'SYN91', name: 'Southgate' },
  identifiers: ['SG-1'],
  networkIds: ['net-c'],
};
const southTwin: Plan = { ...southHmo, id: 'north-twin', name: 'Northwind HMO', payer: northPpo.payer };
const plans = [northPpo, southHmo, southTwin];

const coverage = (changes: Partial<CoverageStatement>): CoverageStatement => ({
  status: 'active',
  payor: { identifiers: ['SYN90'] },
  classes: [{ type: 'plan', value: 'NW-100', name: 'Northwind PPO' }],
  ...changes,
});

describe('finding the plan', () => {
  test.each<[string, CoverageStatement | undefined, string]>([
    ['plan class value and payer id', coverage({}), 'north-ppo'],
    ['case and spacing do not matter', coverage({ classes: [{ type: 'plan', value: ' nw-100 ' }] }), 'north-ppo'],
    ['payer by name', coverage({ payor: { identifiers: [], name: 'northwind  health' } }), 'north-ppo'],
    ['no payer stated, one plan with the value', coverage({ payor: { identifiers: [] } }), 'north-ppo'],
    ['the group class when there is no plan class', coverage({ classes: [{ type: 'group', value: 'NW-100' }] }), 'north-ppo'],
    [
      'the plan name when the value is the payer’s own',
      coverage({ classes: [{ type: 'plan', value: 'x', name: 'Northwind PPO' }] }),
      'north-ppo',
    ],
    [
      'the payer decides between two plans with one value',
      coverage({ payor: { identifiers: ['SYN91'] }, classes: [{ type: 'plan', value: 'SG-1' }] }),
      'south-hmo',
    ],
    [
      'two plans with one value and no payer',
      coverage({ payor: { identifiers: [] }, classes: [{ type: 'plan', value: 'SG-1' }] }),
      'several-plans',
    ],
    ['the payer contradicts the plan', coverage({ payor: { identifiers: ['SYN91'] } }), 'payer-disagrees'],
    ['a plan nobody lists', coverage({ classes: [{ type: 'plan', value: 'ZZ-9', name: 'Elsewhere' }] }), 'no-such-plan'],
    ['a payer alone is no plan', coverage({ classes: [] }), 'no-such-plan'],
    ['no coverage', undefined, 'no-coverage'],
    ['cancelled', coverage({ status: 'cancelled' }), 'coverage-not-active'],
    ['ended yesterday', coverage({ period: { end: '2026-11-19' } }), 'coverage-not-active'],
    ['ends today', coverage({ period: { end: TODAY } }), 'north-ppo'],
    ['starts tomorrow', coverage({ period: { start: '2026-11-21' } }), 'coverage-not-active'],
    ['starts today', coverage({ period: { start: TODAY } }), 'north-ppo'],
  ])('%s', (_, statement, expected) => {
    const lookup = findPlan(statement, plans, TODAY);
    const answer = lookup.kind === 'known' ? lookup.plan.id : lookup.reason === 'plan-not-in-directory' ? lookup.why : lookup.reason;
    expect(answer).toBe(expected);
  });

  test('the match request carries the plan, or what is missing', () => {
    expect(coverageFactOf(findPlan(coverage({}), plans, TODAY))).toEqual({ kind: 'plan', planId: 'north-ppo' });
    expect(coverageFactOf(findPlan(undefined, plans, TODAY))).toEqual({ kind: 'none' });
    expect(coverageFactOf(findPlan(coverage({ status: 'draft' }), plans, TODAY))).toEqual({ kind: 'not-active' });
    const elsewhere = findPlan(coverage({ classes: [{ type: 'plan', value: 'ZZ-9', name: 'Elsewhere' }] }), plans, TODAY);
    expect(coverageFactOf(elsewhere)).toEqual({ kind: 'plan-not-in-directory', planName: 'Elsewhere' });
  });
});

const row = (changes: Partial<NetworkParticipation>): NetworkParticipation => ({
  networkId: 'net-a',
  accepting: 'newpt',
  verifiedOn: '2026-11-03',
  source: 'Northwind directory',
  ...changes,
});
const neverVerified: NetworkParticipation = { networkId: 'net-a', accepting: 'newpt', source: 'Northwind directory' };
const dispute: Contradiction = { about: 'network', networkId: 'net-a', detail: 'two rows' };

describe('network status', () => {
  test.each<[string, NetworkParticipation[], Contradiction[], string]>([
    ['a current, verified row', [row({})], [], 'in net-a 2026-11-03'],
    ['verified exactly at the limit', [row({ verifiedOn: '2026-05-24' })], [], 'in net-a 2026-05-24'],
    ['verified a day beyond the limit', [row({ verifiedOn: '2026-05-23' })], [], 'unknown stale'],
    ['never verified', [neverVerified], [], 'unknown never-verified'],
    ['verified in the future', [row({ verifiedOn: '2026-11-21' })], [], 'unknown never-verified'],
    ['a future date does not hide a proper row', [row({ verifiedOn: '2026-11-21' }), row({})], [], 'in net-a 2026-11-03'],
    ['period ends today', [row({ until: TODAY })], [], 'in net-a 2026-11-03'],
    ['period ended yesterday', [row({ until: '2026-11-19' })], [], 'out'],
    ['period starts today', [row({ from: TODAY })], [], 'in net-a 2026-11-03'],
    ['period starts tomorrow', [row({ from: '2026-11-21' })], [], 'out'],
    ['an ended row beside a current one', [row({ until: '2026-01-01', verifiedOn: '2026-11-19' }), row({})], [], 'in net-a 2026-11-03'],
    ['only networks of other plans', [row({ networkId: 'net-c' })], [], 'out'],
    ['no network at all', [], [], 'out'],
    ['contradicted', [row({})], [dispute], 'unknown contradictory'],
    ['contradicted, and every row ended', [row({ until: '2026-01-01' })], [dispute], 'unknown contradictory'],
    ['one network contradicted, the other clean', [row({}), row({ networkId: 'net-b' })], [dispute], 'in net-b 2026-11-03'],
    ['a dispute about a network of another plan', [row({})], [{ ...dispute, networkId: 'net-c' }], 'in net-a 2026-11-03'],
    [
      'a dispute about accepting leaves the network',
      [row({})],
      [{ about: 'accepting', networkId: 'net-a', detail: '' }],
      'in net-a 2026-11-03',
    ],
    ['the newest of two networks', [row({}), row({ networkId: 'net-b', verifiedOn: '2026-11-04' })], [], 'in net-b 2026-11-04'],
    ['stale in one, verified in the other', [row({ verifiedOn: '2025-01-01' }), row({ networkId: 'net-b' })], [], 'in net-b 2026-11-03'],
  ])('%s', (_, networks, contradictions, expected) => {
    const answer = networkStatus({ networks, contradictions }, { kind: 'known', plan: northPpo }, TODAY, POLICY);
    const told = {
      in: () => (answer.status === 'in' ? `in ${answer.networkId} ${answer.verifiedOn}` : ''),
      out: () => 'out',
      unknown: () => (answer.status === 'unknown' ? `unknown ${answer.reason}` : ''),
    }[answer.status]();
    expect(told).toBe(expected);
    // The order in which the directory lists its rows decides nothing.
    expect(networkStatus({ networks: networks.toReversed(), contradictions }, { kind: 'known', plan: northPpo }, TODAY, POLICY)).toEqual(
      answer,
    );
  });

  test('without a plan of the directory every performer is unknown, with the reason', () => {
    const entry = { networks: [row({})], contradictions: [] };
    expect(networkStatus(entry, { kind: 'unknown', reason: 'no-coverage' }, TODAY, POLICY)).toEqual({
      status: 'unknown',
      reason: 'no-coverage',
    });
    expect(networkStatus(entry, { kind: 'known', plan: { ...northPpo, networkIds: [] } }, TODAY, POLICY)).toEqual({
      status: 'unknown',
      reason: 'plan-not-in-directory',
    });
  });

  test('what it says is never stronger than the rows: in only with a covering, recent, undisputed row of the plan', () => {
    const days = ['2025-01-01', '2026-05-23', '2026-05-24', '2026-11-20', '2026-11-21'];
    const bounds = [undefined, ...days];
    for (const networkId of ['net-a', 'net-b', 'net-c']) {
      for (const verifiedOn of bounds) {
        for (const from of bounds) {
          for (const until of bounds) {
            for (const contradictions of [[], [dispute]]) {
              const one: NetworkParticipation = {
                networkId,
                accepting: 'newpt',
                source: 's',
                ...(verifiedOn && { verifiedOn }),
                ...(from && { from }),
                ...(until && { until }),
              };
              const answer = networkStatus({ networks: [one], contradictions }, { kind: 'known', plan: northPpo }, TODAY, POLICY);
              const disputed = contradictions.length > 0 && networkId === 'net-a';
              const ofPlan = networkId !== 'net-c';
              const covering = (from ?? TODAY) <= TODAY && (until ?? TODAY) >= TODAY;
              const recent = verifiedOn === '2026-05-24' || verifiedOn === '2026-11-20';
              const expected = !ofPlan || (!covering && !disputed) ? 'out' : disputed || !recent ? 'unknown' : 'in';
              expect({ one, disputed, status: answer.status }).toEqual({ one, disputed, status: expected });
            }
          }
        }
      }
    }
  });
});
