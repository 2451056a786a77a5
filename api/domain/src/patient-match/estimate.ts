/**
 * How much each level of agreement weighs, estimated from pairs of which nobody has said whether they are the same person. The model is
 * I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", Journal of the American Statistical Association 64 (1969) 1183–1210: m is
 * how often a level occurs among pairs that are the same person, u among pairs that are not. u is counted over pairs taken at random, which are
 * hardly ever the same person; m and the share of matches are found by expectation and maximisation: W. E. Winkler, "Using the EM Algorithm for
 * Weight Computation in the Fellegi-Sunter Model of Record Linkage", Proceedings of the Section on Survey Research Methods, American
 * Statistical Association 1988 (again in 2000). A field that one side does not tell is left out of its pair.
 */
import { type Agreement, FIELDS, type Field, LEVELS } from './compare.ts';

/** Of each field, how often each of its levels occurs, in the order of LEVELS. */
export type Shares = { [F in Field]: readonly number[] };

export type Estimate = {
  m: Shares;
  u: Shares;
  /** The share of same persons among the pairs that were given. */
  matches: number;
  rounds: number;
};

/** A level that was never seen gets what half a pair would give it, so that nothing weighs infinitely. */
const HALF_A_PAIR = 0.5;
const MOST_ROUNDS = 500;
const CLOSE_ENOUGH = 1e-9;

const levelAt = (field: Field, level: Agreement[Field]): number => (LEVELS[field] as readonly unknown[]).indexOf(level);

/** A distribution over the levels of each field, out of what each level was counted. */
function sharesOf(counted: Record<Field, number[]>): Shares {
  const of = (field: Field): number[] => {
    const smoothed = counted[field].map((count) => count + HALF_A_PAIR);
    const all = smoothed.reduce((sum, each) => sum + each, 0);
    return smoothed.map((each) => each / all);
  };
  return Object.fromEntries(FIELDS.map((field) => [field, of(field)])) as Record<Field, number[]>;
}

const nothingCounted = (): Record<Field, number[]> =>
  Object.fromEntries(FIELDS.map((field) => [field, LEVELS[field].map(() => 0)])) as unknown as Record<Field, number[]>;

/** Pairs that agree alike count together: there are far fewer kinds of them than pairs. */
function tabulated(pairs: readonly Agreement[]): { levels: number[]; count: number }[] {
  const kinds = new Map<string, { levels: number[]; count: number }>();
  for (const pair of pairs) {
    const levels = FIELDS.map((field) => levelAt(field, pair[field]));
    const kind = kinds.get(levels.join());
    if (kind) kind.count += 1;
    else kinds.set(levels.join(), { levels, count: 1 });
  }
  return [...kinds.values()];
}

function countShares(pairs: readonly { levels: number[]; count: number }[], weights?: readonly number[]): Shares {
  const counted = nothingCounted();
  for (const [at, { levels, count }] of pairs.entries())
    for (const [place, field] of FIELDS.entries()) {
      const level = levels[place] ?? -1;
      const own = counted[field];
      if (level >= 0) own[level] = (own[level] ?? 0) + count * (weights?.[at] ?? 1);
    }
  return sharesOf(counted);
}

const likelihood = (levels: readonly number[], shares: Shares): number =>
  FIELDS.reduce((product, field, place) => {
    const level = levels[place] ?? -1;
    return level < 0 ? product : product * (shares[field][level] ?? 1);
  }, 1);

/** Where the search begins: a match agrees more often than not. */
const firstGuess = (): Shares =>
  Object.fromEntries(
    FIELDS.map((field) => {
      const rest = LEVELS[field].length - 1;
      return [field, LEVELS[field].map((_, at) => (at === 0 ? 0.8 : 0.2 / rest))];
    }),
  ) as unknown as Record<Field, number[]>;

/**
 * @param pairs which may be the same person or not, such as those that share a birth date or a telephone number
 * @param strangers pairs taken at random
 */
export function estimateShares(pairs: readonly Agreement[], strangers: readonly Agreement[]): Estimate {
  const kinds = tabulated(pairs);
  const u = countShares(tabulated(strangers));
  let m = firstGuess();
  let matches = 0.5;
  for (let rounds = 1; ; rounds += 1) {
    const belief = kinds.map(({ levels }) => {
      const [same, other] = [matches * likelihood(levels, m), (1 - matches) * likelihood(levels, u)];
      return same / (same + other);
    });
    const before = matches;
    matches = kinds.reduce((sum, { count }, at) => sum + count * (belief[at] ?? 0), 0) / pairs.length;
    const next = countShares(kinds, belief);
    const moved = FIELDS.some((field) => next[field].some((share, at) => Math.abs(share - (m[field][at] ?? 0)) > CLOSE_ENOUGH));
    m = next;
    if ((!moved && Math.abs(matches - before) <= CLOSE_ENOUGH) || rounds === MOST_ROUNDS) return { m, u, matches, rounds };
  }
}

/** What a level says for a match, in bits: log2 of m over u. */
export function weightsOf({ m, u }: Pick<Estimate, 'm' | 'u'>): Shares {
  const of = (field: Field): number[] => m[field].map((share, at) => Math.log2(share / (u[field][at] ?? share)));
  return Object.fromEntries(FIELDS.map((field) => [field, of(field)])) as Record<Field, number[]>;
}
