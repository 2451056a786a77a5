/** A published directory with the numbers learned from it when it was published; nothing is learned at rank time. */
import type { Directory, Plan } from '../network/directory.ts';
import type { MatchRequest } from './request.ts';
import { type SpecialtyMedians, specialtyMedians } from './specialty-medians.ts';

export type Snapshot = {
  /** Content address of the directory. */
  hash: string;
  directory: Directory;
  medians: SpecialtyMedians;
};

export const snapshotOf = (directory: Directory, hash: string): Snapshot => ({
  hash,
  directory,
  medians: specialtyMedians(directory.entries),
});

/** The patient's plan in this directory; undefined when the coverage names none or the directory does not have it. */
export const planOf = ({ coverage }: Pick<MatchRequest, 'coverage'>, plans: readonly Plan[]): Plan | undefined =>
  coverage.kind === 'plan' ? plans.find((plan) => plan.id === coverage.planId) : undefined;
