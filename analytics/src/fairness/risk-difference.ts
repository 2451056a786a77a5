/** The difference of a share between a group and the rest, among referrals of the same kind. */

/** Referrals of one kind (specialty and urgency): how many of the group and of the rest, and of how many of them it is true. */
export type Stratum = { groupTrue: number; group: number; restTrue: number; rest: number };

export type RiskDifference = {
  /** −1 … 1; group minus rest. */
  value: number;
  /** Of `value`, wherever the truth lies. */
  standardError: number;
  /** Of `value`, if group and rest were alike: of the test, and of what could have been found. */
  nullError: number;
};

const both = ({ group, rest }: Stratum): boolean => group > 0 && rest > 0;
const sum = (strata: readonly Stratum[], of: (stratum: Stratum) => number): number =>
  strata.reduce((total, stratum) => total + of(stratum), 0);

/**
 * The Mantel–Haenszel risk difference (Greenland, Robins 1985, Biometrics 41:55) with the variance that holds for few large strata and for many
 * small ones (Sato 1989, Biometrics 45:1323). Strata with nobody on one side say nothing. Null where no stratum says anything.
 *
 * The error under no difference is that of the Mantel–Haenszel statistic (Mantel, Haenszel 1959, J Natl Cancer Inst 22:719): the
 * hypergeometric variance, on the scale of the difference.
 */
export function riskDifference(strata: readonly Stratum[]): RiskDifference | null {
  const compared = strata.filter(both);
  const weight = sum(compared, ({ group, rest }) => (group * rest) / (group + rest));
  if (weight === 0) return null;
  const value = sum(compared, ({ groupTrue, group, restTrue, rest }) => (groupTrue * rest - restTrue * group) / (group + rest)) / weight;
  const p = sum(
    compared,
    ({ groupTrue, group, restTrue, rest }) =>
      (group ** 2 * restTrue - rest ** 2 * groupTrue + (group * rest * (rest - group)) / 2) / (group + rest) ** 2,
  );
  const q = sum(
    compared,
    ({ groupTrue, group, restTrue, rest }) => (groupTrue * (rest - restTrue) + restTrue * (group - groupTrue)) / (2 * (group + rest)),
  );
  return {
    value,
    standardError: Math.sqrt(Math.max(0, value * p + q)) / weight,
    nullError: Math.sqrt(hypergeometricVariance(compared)) / weight,
  };
}

/** Of the number of the group of whom it is true, with all margins as they are. */
export const hypergeometricVariance = (strata: readonly Stratum[]): number =>
  sum(strata, ({ groupTrue, group, restTrue, rest }) => {
    const all = group + rest;
    const trueOnes = groupTrue + restTrue;
    return all < 2 ? 0 : (group * rest * trueOnes * (all - trueOnes)) / (all * all * (all - 1));
  });

/** How many of the group it would be true of, if they were like the rest. */
export const expectedTrue = (strata: readonly Stratum[]): number =>
  sum(strata, ({ groupTrue, group, restTrue, rest }) => (group * (groupTrue + restTrue)) / (group + rest));
