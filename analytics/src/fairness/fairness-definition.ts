/** What a report on fairness says of itself, as its file in fairness/ has it; shown with every answer. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { HOME } from '../models.ts';

export type FairnessHead = {
  id: string;
  /** Counts up with every change of what is compared. */
  version: number;
  title: string;
  definition: string;
  /** Who is compared, and who cannot be. */
  groups: string;
  /** With the papers it comes from. */
  method: string;
  /** What many comparisons at once may get wrong, and how often. */
  multiplicity: string;
  /** What would have been missed. */
  power: string;
  caveats: string[];
};

export const FAIRNESS_IDS = ['gaps', 'exposure', 'drift'] as const;
export type FairnessId = (typeof FAIRNESS_IDS)[number];

export const fairnessSql = (file: string): string => readFileSync(new URL(`fairness/${file}.sql`, HOME), 'utf8');

export function readFairness(id: FairnessId): FairnessHead {
  const read = parse(readFileSync(new URL(`fairness/${id}.yml`, HOME), 'utf8')) as FairnessHead;
  const words = (text: string): string => text.trim();
  return {
    id: read.id,
    version: read.version,
    title: words(read.title),
    definition: words(read.definition),
    groups: words(read.groups),
    method: words(read.method),
    multiplicity: words(read.multiplicity),
    power: words(read.power),
    caveats: read.caveats,
  };
}

/** Of the false among what is called different, and of reports that call anything where nothing differs. */
export const FALSE_DISCOVERY_RATE = 0.05;
