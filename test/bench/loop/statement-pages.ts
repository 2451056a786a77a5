/** Which statements of a whole referral read more pages the more there is that is over: told by PostgreSQL, whatever else the machine does. */
import type { Told } from './explained-store.ts';

/** Of one run of whole referrals, or of one statement of it. */
export type Read = { calls: number; pages: number };

export type StatementPages = { events: number; whole: Read; byStatement: ReadonlyMap<string, Read> };

const NOTHING: Read = { calls: 0, pages: 0 };

/** @param events that the statements were for */
export function statementPages(told: readonly Told[], events: number): StatementPages {
  const byStatement = new Map<string, Read>();
  let whole = NOTHING;
  for (const { text, pages } of told) {
    const statement = text.replace(/\s+/g, ' ').trim();
    const { calls, pages: before } = byStatement.get(statement) ?? NOTHING;
    byStatement.set(statement, { calls: calls + 1, pages: before + pages });
    whole = { calls: whole.calls + 1, pages: whole.pages + pages };
  }
  return { events, whole, byStatement };
}

const aCall = ({ calls, pages }: Read): number => (calls === 0 ? 0 : pages / calls);

export type Grown = { statement: string; aCall: number[]; anEvent: number };

/**
 * Statements that read more pages a call at the last size than at the first, those first whose growth costs an event the most.
 * @param slack so many pages a call are no growth: a tree is a level deeper
 */
export function grownStatements(sizes: readonly StatementPages[], slack: number): Grown[] {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (!first || !last) return [];
  return [...last.byStatement]
    .map(([statement, read]): Grown => {
      const values = sizes.map(({ byStatement }) => aCall(byStatement.get(statement) ?? NOTHING));
      return { statement, aCall: values, anEvent: ((aCall(read) - (values[0] ?? 0)) * read.calls) / last.events };
    })
    .filter(({ statement, aCall: values }) => first.byStatement.has(statement) && (values.at(-1) ?? 0) - (values[0] ?? 0) > slack)
    .toSorted((left, right) => right.anEvent - left.anEvent);
}
