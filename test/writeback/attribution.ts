/**
 * Which approval an entry of the chart was made for, told without any identifier, since some of the EHRs keep none: each approval has its
 * own moment and person, and everything made for it says both.
 */
import type { Plan, StepName } from '@refloop/server/client/approval';
import { referenceOf, type Stored } from './chart.ts';
import { NAMES, type World } from './world.ts';

const MOMENT: Record<StepName, (entry: Stored) => unknown> = {
  DocumentReference: ({ date }) => date,
  ServiceRequest: ({ authoredOn }) => authoredOn,
  Communication: ({ note }) => (note as { time?: string }[] | undefined)?.[0]?.time,
  Task: ({ authoredOn }) => authoredOn,
  Provenance: ({ recorded }) => recorded,
};

/** To the second: some of the EHRs keep no more. */
const second = (instant: unknown): number | undefined =>
  typeof instant === 'string' && instant.includes('T') ? Math.floor(Date.parse(instant) / 1000) : undefined;

const isStep = (type: string): type is StepName => type in MOMENT;

export function isMadeFor(plan: Pick<Plan, 'decision'>, entry: Stored): boolean {
  if (!isStep(entry.resourceType)) return false;
  const [person] = Object.entries(NAMES).find(([, name]) => name === plan.decision.by) ?? [''];
  return (
    second(MOMENT[entry.resourceType](entry)) === second(plan.decision.at) && JSON.stringify(entry).includes(`"Practitioner/${person}"`)
  );
}

export const madeByOthers = (world: World, entry: Stored): boolean => world.others.has(referenceOf(entry));
