/** What a site assumes about money: allowed amounts by specialty, and how much of them a kept referral is credited with. Never measured. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { quoted } from './duckdb.ts';

/** Dollars, or shares of 0 … 1. */
export type Range = { low: number; high: number };

/** Of Refloop itself. */
export type ReturnAssumptions = {
  /** Share of what was kept in the network that would have left without it. */
  recapturedShare: Range;
  /** Minutes of staff on a closed referral. */
  minutesSaved: Range;
  /** Dollars, of an hour of staff with all it costs. */
  wagePerHour: Range;
  /** Dollars, for each referral ordered. */
  costPerReferral: Range;
};

export type RevenueAssumptions = {
  /** Made up: every answer says so. */
  synthetic: boolean;
  /** Where the figures come from, in the site's words. */
  source: string;
  /** Share of the amounts that is credited. */
  attribution: Range;
  /** Dollars. */
  capPerPatient: number;
  /** Dollars within 90 days of the first visit, by specialty. */
  allowedAmounts: Record<string, Range>;
  /** What is assumed of the return on Refloop; null where the file says nothing of it. */
  returnOnInvestment: ReturnAssumptions | null;
};

/** Names the field and how to mend it. */
export class AssumptionsUnreadable extends Error {
  constructor(file: string, fault: string) {
    super(`${file}: ${fault} analytics/assumptions/synthetic.yml shows the shape.`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws `AssumptionsUnreadable`. */
export function readAssumptions(file: string): RevenueAssumptions {
  const fail = (fault: string): never => {
    throw new AssumptionsUnreadable(file, fault);
  };
  const rangeOf = (value: unknown, name: string, most: number): Range => {
    const { low, high } = isObject(value) ? value : {};
    if (typeof low !== 'number' || typeof high !== 'number') return fail(`${name} has no low and high. Write both as numbers.`);
    if (!(low >= 0 && low <= high && high <= most))
      return fail(`${name} is not a range within 0 and ${most}. Write the smaller number as low.`);
    return { low, high };
  };
  let read: unknown;
  try {
    read = parse(readFileSync(file, 'utf8'));
  } catch {
    return fail('It cannot be read as YAML. Check the path and the indentation.');
  }
  if (!isObject(read)) return fail('It is empty.');
  const { synthetic, source, attribution, cap_per_patient: cap, allowed_amounts: amounts, return_on_investment: gain } = read;
  if (typeof synthetic !== 'boolean') return fail('synthetic is neither true nor false. Say whether the figures are made up.');
  if (typeof source !== 'string' || source.trim() === '') return fail('source is missing. Say where the figures come from.');
  if (typeof cap !== 'number' || !(cap > 0 && cap <= MOST_DOLLARS)) return fail('cap_per_patient is no amount of dollars above 0.');
  if (!isObject(amounts) || Object.keys(amounts).length === 0) return fail('allowed_amounts names no specialty.');
  if (gain !== undefined && !isObject(gain)) return fail('return_on_investment is no list of ranges.');
  return {
    synthetic,
    source: source.trim(),
    attribution: rangeOf(attribution, 'attribution', 1),
    capPerPatient: cap,
    allowedAmounts: Object.fromEntries(
      Object.entries(amounts).map(([specialty, range]) => [specialty, rangeOf(range, `allowed_amounts.${specialty}`, MOST_DOLLARS)]),
    ),
    returnOnInvestment:
      gain === undefined
        ? null
        : {
            recapturedShare: rangeOf(gain['recaptured_share'], 'return_on_investment.recaptured_share', 1),
            minutesSaved: rangeOf(gain['minutes_saved'], 'return_on_investment.minutes_saved', MOST_MINUTES),
            wagePerHour: rangeOf(gain['wage_per_hour'], 'return_on_investment.wage_per_hour', MOST_DOLLARS),
            costPerReferral: rangeOf(gain['cost_per_referral'], 'return_on_investment.cost_per_referral', MOST_DOLLARS),
          },
  };
}

const MOST_DOLLARS = 10_000_000;
/** Of a working day. */
const MOST_MINUTES = 480;

const ends = (name: string, range: Range | undefined): string =>
  `${range?.low ?? 'null'}::double as ${name}_low, ${range?.high ?? 'null'}::double as ${name}_high`;

/** The views that a metric of money reads; without assumptions they are there and empty. */
export function assumptionViews(assumptions: RevenueAssumptions | null): string[] {
  const amounts = Object.entries(assumptions?.allowedAmounts ?? {}).map(
    ([specialty, { low, high }]) => `(${quoted(specialty)}, ${low}::double, ${high}::double)`,
  );
  const rows = amounts.length === 0 ? `(null::varchar, null::double, null::double)` : amounts.join(', ');
  const { attribution, capPerPatient, synthetic } = assumptions ?? {};
  const gain = assumptions?.returnOnInvestment ?? null;
  return [
    `create or replace temp view allowed_amount as
     select * from (values ${rows}) as given (specialty, low, high) where specialty is not null`,
    `create or replace temp view attribution as
     select ${attribution?.low ?? 'null'}::double as low, ${attribution?.high ?? 'null'}::double as high,
       ${capPerPatient ?? 'null'}::double as cap, ${synthetic ?? 'null'}::boolean as is_synthetic, ${assumptions !== null} as is_given`,
    `create or replace temp view return_assumption as
     select ${ends('recaptured', gain?.recapturedShare)}, ${ends('minutes', gain?.minutesSaved)}, ${ends('wage', gain?.wagePerHour)},
       ${ends('cost', gain?.costPerReferral)}, ${gain !== null} as is_given`,
  ];
}
