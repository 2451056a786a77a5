/** Many simulated practices one after the other, each looked at referral by referral. */
import { statusOf } from '@refloop/domain/referral/status';
import { violationsOf } from './invariants.ts';
import type { PlantedTruths } from './planted-truths.ts';
import { SimulationFault } from './record.ts';
import { type SimulatedReferral, type SimulationOptions, simulation } from './simulate.ts';

export type SeedsRun = {
  seeds: number;
  referrals: number;
  events: number;
  /** In words without patient data. */
  violations: string[];
  byStatus: Map<string, number>;
  byType: Map<string, number>;
};

export type SeedsAsked = {
  seeds: readonly string[];
  referrals: number;
  until: Date;
  planted?: PlantedTruths | null;
  progress?: (seed: string, run: SeedsRun) => void;
};

const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

export function runSeeds({ seeds, progress, ...asked }: SeedsAsked): SeedsRun {
  const run: SeedsRun = { seeds: 0, referrals: 0, events: 0, violations: [], byStatus: new Map(), byType: new Map() };
  for (const seed of seeds) {
    runOne({ ...asked, seed }, run);
    run.seeds += 1;
    progress?.(seed, run);
  }
  return run;
}

/** What the domain refuses is a violation of that referral, and the next one is looked at. */
function runOne(options: SimulationOptions, run: SeedsRun): void {
  const simulated = simulation(options);
  const { until } = simulated.practice;
  const look = (each: SimulatedReferral): void => {
    run.referrals += 1;
    run.events += each.events.length;
    count(run.byStatus, statusOf(each.referral));
    for (const { fact } of each.events) count(run.byType, fact.type);
    run.violations.push(...violationsOf(each, simulated.engine, until));
  };
  for (let next = 0; next < options.referrals; ) {
    try {
      for (const each of simulated.referrals(next)) {
        next = each.index + 1;
        look(each);
      }
    } catch (error) {
      if (!(error instanceof SimulationFault)) throw error;
      run.violations.push(error.message);
      run.referrals += 1;
      next += 1;
    }
  }
}
