/** The worklist as the played coordinator keeps it: read whole once, to the end of its parts, then by what has changed. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { z } from 'zod';
import { isOpenAt } from './staff-course.ts';
import type { Ask } from './staff-session.ts';

const Row = z.object({
  id: z.string(),
  referralId: z.string(),
  kind: z.string(),
  patientName: z.string(),
  /** Of the office that the row is about, which may have been asked before another. */
  performerName: z.string().nullable(),
  since: z.string(),
  dueAt: z.string(),
  owner: z.string().nullable(),
});
export type Row = z.output<typeof Row>;

const Listed = { mark: z.string(), rows: z.array(Row) };
const Answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('whole'),
    ...Listed,
    next: z.string().nullable(),
    calendar: z.object({ timeZone: z.string(), opens: z.number(), closes: z.number(), holidays: z.array(z.string()) }),
  }),
  z.object({ kind: z.literal('changes'), ...Listed, gone: z.array(z.string()) }),
  z.object({ kind: z.literal('unchanged'), mark: z.string() }),
]);

const Part = z.object({ kind: z.literal('part'), rows: z.array(Row), next: z.string().nullable() });

/** Of the simulated practice, which has no patients in this EHR and nobody here works on. */
const SIMULATED = 'sim-';

export type Worklist = {
  rows: ReadonlyMap<string, Row>;
  calendar: BusinessCalendar;
};

export function createWorklistReader(ask: Ask) {
  const rows = new Map<string, Row>();
  let mark: string | undefined;
  let calendar: BusinessCalendar | undefined;

  const put = (listed: readonly Row[]): void => {
    for (const row of listed) if (!row.referralId.startsWith(SIMULATED)) rows.set(row.id, row);
  };

  /**
   * No change is asked for before the last part has come, so a part is never older than what is known; what changed meanwhile is told from the mark on.
   * @returns whether all have come
   */
  async function readOn(first: string | null): Promise<boolean> {
    for (let after = first; after !== null; ) {
      const { status, body } = await ask('GET', `/worklist?after=${encodeURIComponent(after)}`);
      if (status !== 200) return false;
      const part = Part.parse(body);
      put(part.rows);
      after = part.next;
    }
    return true;
  }

  /** @returns undefined where it cannot be read now, or the clinic is closed: then nobody looks */
  return async (now: Date): Promise<Worklist | undefined> => {
    if (calendar && !isOpenAt(now, calendar)) return undefined;
    const { status, body } = await ask('GET', `/worklist${mark === undefined ? '' : `?since=${encodeURIComponent(mark)}`}`);
    // None until all of it is read; and a mark of another process says nothing to this one.
    mark = undefined;
    if (status !== 200) return undefined;
    const answer = Answer.parse(body);
    if (answer.kind === 'whole') {
      rows.clear();
      calendar = answer.calendar as BusinessCalendar;
    }
    if (answer.kind === 'changes') for (const id of answer.gone) rows.delete(id);
    if (answer.kind !== 'unchanged') put(answer.rows);
    if (answer.kind === 'whole' && !(await readOn(answer.next))) return undefined;
    mark = answer.mark;
    return calendar && isOpenAt(now, calendar) ? { rows, calendar } : undefined;
  };
}
