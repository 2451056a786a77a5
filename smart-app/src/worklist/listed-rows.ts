/** The rows of the list as the page keeps them: read whole once, then only what has changed. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { openingHours } from '@refloop/domain/sla/opening-hours';
import type { WorklistAnswer, WorklistLine, WorklistRow } from '@refloop/server/client/worklist';

/** What is reckoned from the clock is reckoned for the lines that are drawn. */
export type ListedRow = Omit<WorklistRow, 'ageBusinessHours' | 'leftBusinessHours' | 'steps'>;

type Whole = Extract<WorklistAnswer, { kind: 'whole' }>;
type Changes = Extract<WorklistAnswer, { kind: 'changes' }>;
type Part = Extract<WorklistAnswer, { kind: 'part' }>;

export type Listed = Pick<Whole, 'at' | 'more' | 'coming' | 'people' | 'names' | 'heldNotes'> & {
  /** Earliest deadline first. */
  rows: readonly ListedRow[];
  calendar: BusinessCalendar;
};

/** With the opening hours of this moment. */
export const withHours = (row: ListedRow, at: Date, calendar: BusinessCalendar): ListedRow & ReturnType<typeof openingHours> => ({
  ...row,
  ...openingHours(row, at.toISOString(), calendar),
});

function rowOf(line: WorklistLine, names: Readonly<Record<string, string>>, reader: string): ListedRow {
  const named = (subject: string | null) => (subject === null ? null : { subject, name: names[subject] ?? subject });
  return {
    ...line,
    owner: named(line.owner),
    mine: line.owner === reader,
    escalatedTo: named(line.escalatedTo),
    escalatedToMe: line.escalatedTo === reader,
  };
}

/** @param reader subject of who reads */
export function listedOf({ rows, at, more, coming, people, names, calendar, heldNotes }: Whole, reader: string): Listed {
  return { at, more, coming, people, names, calendar, heldNotes, rows: rows.map((line) => rowOf(line, names, reader)) };
}

const earliestFirst = (left: ListedRow, right: ListedRow): number => {
  if (left.dueAt !== right.dueAt) return left.dueAt < right.dueAt ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
};

/** A row that has not changed stays the very same, so that it is not drawn again. */
export function withChanges(before: Listed, { at, rows, gone, names, more }: Changes, reader: string): Listed {
  const known = { ...before.names, ...names };
  const changed = rows.map((line) => rowOf(line, known, reader));
  const away = new Set([...gone, ...changed.map(({ id }) => id)]);
  const kept = before.rows.filter(({ id }) => !away.has(id));
  return { ...before, at, more, names: known, rows: [...kept, ...changed].sort(earliestFirst) };
}

/**
 * With the next part of a list that comes in parts.
 * @param told ids of which something newer was told since the first part
 */
export function withPart(before: Listed, { rows, names, next }: Part, told: ReadonlySet<string>, reader: string): Listed {
  const known = { ...before.names, ...names };
  const further = rows.filter(({ id }) => !told.has(id)).map((line) => rowOf(line, known, reader));
  // One whose deadline moved behind the part before comes once more, and newer.
  const again = new Set(further.map(({ id }) => id));
  const kept = before.rows.filter(({ id }) => !again.has(id));
  // How many are to come was counted when the first part was read, and some may have come or gone since.
  const coming = next === null ? 0 : Math.max(1, before.coming - rows.length);
  return { ...before, coming, names: known, rows: [...kept, ...further].sort(earliestFirst) };
}
