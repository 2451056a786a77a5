/** What is said of specialists, in words: never a rank, never a value without its n and interval. */
import type { SpecialistRow, SpecialistsAnswer, SpecialistVerdict } from '@refloop/server/client/specialists';
import { countText, segmentText } from './figures.ts';

type Unit = SpecialistsAnswer['measure']['unit'];

const tenth = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Short times need the tenth of a day, long ones do not have it. */
const bare = (value: number, unit: Unit): string =>
  unit === 'share' ? tenth.format(100 * value) : value < 10 ? tenth.format(value) : whole.format(value);

export const levelText = (value: number, unit: Unit): string => `${bare(value, unit)} ${unit === 'share' ? '%' : 'days'}`;

export const rangeText = ({ low, high }: { low: number; high: number }, unit: Unit): string => `${bare(low, unit)}–${bare(high, unit)}`;

export const specialistName = ({ name, specialist }: Pick<SpecialistRow, 'name' | 'specialist'>): string => name ?? `NPI ${specialist}`;

const NETWORK: Record<SpecialistRow['network'], string> = { in: 'in network', out: 'out of network', unknown: 'network not known' };
export const networkText = ({ network }: Pick<SpecialistRow, 'network'>): string => NETWORK[network];

/** A sign beside the word, since colour says nothing here. */
export const VERDICTS: Record<SpecialistVerdict, { sign: string; words: string }> = {
  better: { sign: '▲', words: 'Better than usual' },
  worse: { sign: '▼', words: 'Worse than usual' },
  'not-distinguishable': { sign: '○', words: 'Not distinguishable' },
};

export const verdictText = ({ numbers }: Pick<SpecialistRow, 'numbers'>): string =>
  numbers === null ? 'Too few' : `${VERDICTS[numbers.verdict].sign} ${VERDICTS[numbers.verdict].words}`;

const many = (count: number, word: string): string => `${countText(count)} ${word}${count === 1 ? '' : 's'}`;

/** How many stand out, and how many of them chance would have made. */
export function chanceText({ chance, rules }: Pick<SpecialistsAnswer, 'chance' | 'rules'>): string {
  const { compared, flagged, falseAtMost, beyond95 } = chance;
  if (compared === 0) return 'No specialty of this view has enough specialists to compare.';
  const outside = `By chance alone about ${whole.format(beyond95.expected)} of ${countText(compared)} would lie outside the 95 % limits; ${countText(beyond95.observed)} ${beyond95.observed === 1 ? 'does' : 'do'}.`;
  if (flagged === 0) return `Of ${many(compared, 'specialist')} compared nobody stands out. ${outside}`;
  return `Of ${many(compared, 'specialist')} compared ${countText(flagged)} ${flagged === 1 ? 'stands' : 'stand'} out; on average at most ${tenth.format(falseAtMost)} of them by chance (${whole.format(100 * rules.falseDiscovery)} %). ${outside}`;
}

export const specialtyText = (specialty: string): string => segmentText({ specialty });

/** Those that were left out, the most first. */
export const leftOutTexts = ({ leftOut, measure }: Pick<SpecialistsAnswer, 'leftOut' | 'measure'>): string[] =>
  leftOut
    .filter(({ n }) => n > 0)
    .toSorted((one, other) => other.n - one.n)
    .map(({ why, n }) => `${countText(n)}: ${measure.leftOut[why] ?? why}`);
