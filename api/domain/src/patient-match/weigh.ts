/** What the agreements of two descriptions weigh together. */
import { type Agreement, FIELDS, type Field, LEVELS } from './compare.ts';
import type { Shares } from './estimate.ts';

/** A set of weights with a name, so that each decision can say by which it was made. */
export type Weights = { id: string; bits: Shares };

export type FieldWeight = { field: Field; level: Exclude<Agreement[Field], null>; bits: number };

/** Of each field that both sides tell, how it agrees and what that weighs in bits; the sum speaks for the same person where it is high. */
export function weigh(agreement: Agreement, { bits }: Weights): { total: number; fields: FieldWeight[] } {
  const fields = FIELDS.flatMap((field): FieldWeight[] => {
    const level = agreement[field];
    if (level === null) return [];
    return [{ field, level, bits: bits[field][(LEVELS[field] as readonly string[]).indexOf(level)] ?? 0 }];
  });
  return { total: fields.reduce((sum, each) => sum + each.bits, 0), fields };
}
