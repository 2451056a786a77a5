import type { Scenario } from '../scenario.ts';
import { cardiology } from './cardiology.ts';
import { dermatology } from './dermatology.ts';
import { endocrineAndKidney } from './endocrine-and-kidney.ts';
import { gastroenterology } from './gastroenterology.ts';
import { immunityAndInfection } from './immunity-and-infection.ts';
import { lungsJointsBlood } from './lungs-joints-blood.ts';
import { nervesAndMind } from './nerves-and-mind.ts';
import { orthopedics } from './orthopedics.ts';
import { surgeryAndSenses } from './surgery-and-senses.ts';

export const scenarios: readonly Scenario[] = [
  ...cardiology,
  ...gastroenterology,
  ...dermatology,
  ...orthopedics,
  ...endocrineAndKidney,
  ...nervesAndMind,
  ...lungsJointsBlood,
  ...surgeryAndSenses,
  ...immunityAndInfection,
];

const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]));

/** @throws Error naming the id when no scenario has it. */
export function scenarioById(id: string): Scenario {
  const found = byId.get(id);
  if (!found) throw new Error(`No scenario "${id}"; the ids are ${[...byId.keys()].join(', ')}.`);
  return found;
}
