/**
 * The weights in service: learnt without labels from 20,000 pairs of invented patients, seed 1 (`npm run campaign -- patient-matching --seed 1
 * --train` prints them), and judged on other seeds. No patient of anybody’s went into them. Learnt anew they get a new name.
 */
import type { Weights } from './weigh.ts';
import weights from './weights-v1.json' with { type: 'json' };

export const WEIGHTS: Weights = weights;
