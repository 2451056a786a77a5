/** In which order specialists stand. None of the orders is there unless somebody asks for it, but the one that ranks nobody. */
import type { SpecialistRow, SpecialistsAnswer } from '@refloop/server/client/specialists';
import { specialistName } from './specialist-words.ts';

export const ORDERS = ['name', 'n', 'raw', 'shrunken', 'lower bound'] as const;
export type Order = (typeof ORDERS)[number];

type Better = SpecialistsAnswer['measure']['better'];

const NOTHING = Number.NEGATIVE_INFINITY;

/** The end of the interval that promises least: its lower one where more is better, its upper one where less is. */
function promise({ numbers }: SpecialistRow, better: Better): number {
  if (numbers === null) return NOTHING;
  return better === 'higher' ? numbers.shrunken.low : -numbers.shrunken.high;
}

function valueOf(row: SpecialistRow, order: Exclude<Order, 'name'>, better: Better): number {
  const sign = better === 'higher' ? 1 : -1;
  switch (order) {
    case 'n':
      return row.n;
    case 'raw':
      return row.numbers === null ? NOTHING : sign * row.numbers.raw.value;
    case 'shrunken':
      return row.numbers === null ? NOTHING : sign * row.numbers.shrunken.value;
    case 'lower bound':
      return promise(row, better);
  }
}

/** The best first where an order is asked for; those with too few come last. */
export function inOrder(rows: readonly SpecialistRow[], order: Order, better: Better): SpecialistRow[] {
  const byName = rows.toSorted((one, other) => specialistName(one).localeCompare(specialistName(other), 'en'));
  if (order === 'name') return byName;
  // Two who have too few: their difference is no number, and they stay as they are.
  return byName.toSorted((one, other) => valueOf(other, order, better) - valueOf(one, order, better) || 0);
}

/** The specialty that is looked at first: one in which somebody stands out, else the one with most attempts. */
export function firstSpecialty({ specialties, specialists }: Pick<SpecialistsAnswer, 'specialties' | 'specialists'>): string | undefined {
  const standing = new Set(
    specialists.flatMap(({ specialty, numbers }) => (numbers && numbers.verdict !== 'not-distinguishable' ? [specialty] : [])),
  );
  const byCount = specialties.toSorted((one, other) => other.n - one.n);
  return (byCount.find(({ specialty }) => standing.has(specialty)) ?? byCount[0])?.specialty;
}
