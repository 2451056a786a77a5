/** Specialists of the simulated practice as the warehouse judges them, beside what is true of their offices. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importHistories } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import { performanceIds } from '@refloop/analytics/performance-definition';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { PLANTED_TRUTHS } from '@refloop/server/practice/planted-truths';
import { type Simulation, simulation } from '@refloop/server/practice/simulate';
import { type OfficeMeasure, officePower } from './office-power.ts';

const UNTIL = new Date('2026-11-28T00:00:00.000Z');

export type Judged = { measure: string; office: string; verdict: string; n: number };

async function* historiesOf(simulated: Simulation): AsyncIterable<History> {
  const of = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
  for (const { referralId, patientId, events } of simulated.referrals()) yield { ...of, referralId, patientId, events };
}

/** Everybody of whom anything is said, in every measure. */
export async function judgePractice(seed: string, referrals: number, planted: boolean): Promise<Judged[]> {
  const simulated = simulation({ seed, referrals, until: UNTIL, ...(planted ? {} : { planted: null }) });
  const offices = new Map(simulated.practice.offices.flatMap(({ id, specialists }) => specialists.map(({ npi }) => [npi, id] as const)));
  const folder = await mkdtemp(join(tmpdir(), 'refloop-performance-'));
  try {
    await importHistories(historiesOf(simulated), {
      warehouse: folder,
      pseudonymKey: Buffer.alloc(32, 5),
      now: UNTIL.toISOString(),
      reidentify: async () => undefined,
    });
    const warehouse = openWarehouse({ folder, seconds: 120 });
    const judged: Judged[] = [];
    for (const measure of performanceIds()) {
      const { specialists } = await warehouse.performance({ measure, scope: null });
      for (const { specialist, n, numbers } of specialists) {
        if (numbers) judged.push({ measure, office: offices.get(specialist) ?? specialist, verdict: numbers.verdict, n });
      }
    }
    await warehouse.close();
    return judged;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { slowOffice, silentOffice, decliningOffice, leakingSpecialty } = PLANTED_TRUTHS;

/** What is true, and follows from what is planted: a slow answer is often no answer in time, and who is outside the network loses nobody to it. */
type Expected = { office: RegExp; verdict: 'better' | 'worse' } & (
  | { measure: OfficeMeasure; mustBeFound: true }
  | { measure: 'seen'; mustBeFound: false }
);
export const EXPECTED: readonly Expected[] = [
  { measure: 'acceptance', office: new RegExp(`^${decliningOffice.office}$`), verdict: 'worse', mustBeFound: true },
  { measure: 'acceptance', office: new RegExp(`^${silentOffice.office}$`), verdict: 'worse', mustBeFound: true },
  { measure: 'acceptance', office: new RegExp(`^${slowOffice.office}$`), verdict: 'worse', mustBeFound: true },
  { measure: 'days_to_answer', office: new RegExp(`^${slowOffice.office}$`), verdict: 'worse', mustBeFound: true },
  { measure: 'days_to_appointment', office: new RegExp(`^${slowOffice.office}$`), verdict: 'worse', mustBeFound: true },
  { measure: 'seen', office: new RegExp(`^${leakingSpecialty.specialty}-out-`), verdict: 'better', mustBeFound: false },
  { measure: 'seen', office: /-out-/, verdict: 'better', mustBeFound: false },
];

export type Tally = {
  planted: number;
  found: number;
  /** Of each planted, how likely it is to be found. */
  powers: number[];
  falseAlarms: string[];
  compared: number;
  chanceOutlierCalled: boolean;
};

export function tallyOf(judged: readonly Judged[], outlier: string): Tally {
  const of = (each: Judged) => EXPECTED.find(({ measure, office }) => measure === each.measure && office.test(each.office));
  const planted = judged.filter((each) => of(each)?.mustBeFound);
  const called = judged.filter(({ verdict }) => verdict !== 'not-distinguishable');
  return {
    planted: planted.length,
    powers: planted.flatMap((each) => {
      const expected = of(each);
      if (!expected?.mustBeFound) return [];
      const compared = judged.filter(({ measure }) => measure === each.measure).length;
      return [officePower(expected.measure, each.office, each.n, compared).power];
    }),
    found: planted.filter((each) => each.verdict === of(each)?.verdict).length,
    falseAlarms: called
      .filter((each) => each.verdict !== of(each)?.verdict)
      .map(({ measure, office, verdict }) => `${measure} ${office} ${verdict}`),
    compared: judged.length,
    chanceOutlierCalled: called.some(({ office }) => office === outlier),
  };
}
