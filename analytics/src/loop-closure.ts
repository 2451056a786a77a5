/** The loop-closure log: the days of each loop that closed, for whoever has to show them (R96, R156). */
import { readFileSync } from 'node:fs';
import type { Query } from './duckdb.ts';
import type { MetricFilter } from './metric-result.ts';
import { HOME } from './models.ts';
import type { EhrScope } from './pseudonym.ts';
import { defineReferrals, type Moment, words } from './run-metric.ts';

/** A day, such as 2026-10-05; null where it is not known and only inferred. */
type Day = string | null;

export type ClosedLoop = {
  /** Pseudonym. */
  referral: string;
  specialty: string | null;
  urgency: string | null;
  site: string | null;
  orderedOn: Day;
  /** A person at the specialist's had it, took it, declined it or booked. */
  receivedOn: Day;
  seenOn: Day;
  /** The first final note that answers one of our attempts. */
  noteOn: Day;
  /** Reviewed, which closes the loop. */
  closedOn: Day;
};

export type LoopClosureLog = {
  snapshot: string;
  asOf: string;
  /** Earliest closed first. */
  loops: ClosedLoop[];
  /** Closed loops beyond those told. */
  more: number;
};

/** A file of more is asked for in parts: by month of the order. */
export const MOST_CLOSED_LOOPS = 100_000;

const sql = readFileSync(new URL('lists/loop_closure.sql', HOME), 'utf8');
const DAYS = ['ordered_on', 'received_on', 'seen_on', 'note_on', 'closed_on'] as const;

export async function readLoopClosure(
  query: Query,
  asked: { scope: EhrScope | null; filter: MetricFilter },
  { snapshot, asOf }: Pick<Moment, 'snapshot' | 'asOf'>,
  most = MOST_CLOSED_LOOPS,
): Promise<LoopClosureLog> {
  await defineReferrals(query, asked);
  const days = DAYS.map((day) => `strftime(${day}, '%Y-%m-%d') as ${day}`).join(', ');
  const rows = await query.run(
    `select referral, specialty, urgency, site, ${days} from (${sql}) order by closed_on, referral limit ${Math.trunc(most)}`,
  );
  const [counted] = await query.run(`select count(*) as total from (${sql})`);
  const loops = rows.map((row): ClosedLoop => {
    const [orderedOn, receivedOn, seenOn, noteOn, closedOn] = DAYS.map((day) => words(row[day]));
    return {
      referral: words(row['referral']) ?? '',
      specialty: words(row['specialty']),
      urgency: words(row['urgency']),
      site: words(row['site']),
      orderedOn: orderedOn ?? null,
      receivedOn: receivedOn ?? null,
      seenOn: seenOn ?? null,
      noteOn: noteOn ?? null,
      closedOn: closedOn ?? null,
    };
  });
  return { snapshot, asOf, loops, more: Number(counted?.['total']) - loops.length };
}
