/** The list of what is open, whole or what has changed of it since it was read last. */
import { createHash } from 'node:crypto';
import type { WorklistAnswer } from '../client/worklist.ts';
import type { Session } from '../sessions/session.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { OpenPlace, StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';
import { countHeld } from './held-documents.ts';
import { seesAll } from './own-referral.ts';
import { namesOf } from './staff-names.ts';
import { toldTo } from './told.ts';
import { namesIn, worklistLine } from './worklist-rows.ts';

/** More than that nobody works through; what is beyond is counted. */
const MOST_ROWS = 10_000;
/** A long list comes in parts, so that its first lines are read at once and no part holds up what others ask meanwhile; the first is the shorter. */
const PARTS = { first: 500, later: 1000 };
/** Where more has changed, the whole list is read anew. */
const MOST_CHANGES = 500;

export const isAssignable = ({ roles }: StoredGrant): boolean => roles.includes('coordinator') || roles.includes('lead');

/** What is open of what the reader may see, earliest deadline first. */
export async function readOpen(unit: Unit, session: Session): Promise<StoredObligation[]> {
  if (seesAll(session)) return unit.obligations.listOpen({ limit: MOST_ROWS });
  const own = await unit.obligations.list({ status: 'open', owner: session.subject, limit: MOST_ROWS });
  const told = await toldTo(unit, session.subject);
  const both = [...own, ...told.filter(({ id }) => !own.some((each) => each.id === id))];
  return both.sort((left, right) => (left.dueAt < right.dueAt ? -1 : left.dueAt > right.dueAt ? 1 : 0));
}

const countAll = async (unit: Unit, at: string): Promise<number> =>
  (await unit.obligations.countOpen({ now: at, soon: at, bounds: [] })).counts.reduce((sum, each) => sum + each.open, 0);

/** Where a part ended: how many lines there are until then, and the place of the last. */
type Ended = OpenPlace & { given: number };

function endOf(text: string): Ended {
  const [given = '', dueAt = '', ...id] = text.split('~');
  return { given: Number(given), dueAt, id: id.join('~') };
}

/** One row more than is told is read, so that it is known whether there are more. */
async function readPart(unit: Unit, size: number, after?: Ended): Promise<{ rows: StoredObligation[]; next: string | null }> {
  const before = after?.given ?? 0;
  const most = Math.min(size, MOST_ROWS - before);
  const found = most <= 0 ? [] : await unit.obligations.listOpen({ ...(after ? { after } : {}), limit: most + 1 });
  const rows = found.slice(0, most);
  const last = rows.at(-1);
  const given = before + rows.length;
  return { rows, next: last && found.length > most && given < MOST_ROWS ? `${given}~${last.dueAt}~${last.id}` : null };
}

/**
 * The lines behind those of an earlier part. What changed in between is told by what has changed since that list's mark.
 * @param after `next` of that part
 */
export async function listPart(unit: Unit, session: Session, after: string): Promise<ReadPart> {
  if (!seesAll(session)) return { answer: { kind: 'part', rows: [], names: {}, next: null }, rows: [] };
  const { rows, next } = await readPart(unit, PARTS.later, endOf(after));
  const names = namesIn(rows, namesOf(await unit.grants.list()));
  return { answer: { kind: 'part', rows: rows.map(worklistLine), names, next }, rows };
}

/** Of what a list stands on besides its rows: with another calendar, other people or another reader it is another list. */
const groundOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

/** The rows that it tells of, besides the answer: for the record of who read what. */
type ReadPart = { answer: Extract<WorklistAnswer, { kind: 'part' }>; rows: readonly StoredObligation[] };
export type ReadWorklist = { answer: WorklistAnswer; rows: readonly StoredObligation[] };

/**
 * @param since mark of the answer before
 * @param at now
 */
export async function listWorklist(unit: Unit, session: Session, since: string | undefined, at: string): Promise<ReadWorklist> {
  // Taken before anything is read: what changes meanwhile is told the next time, once more at worst.
  const changesAt = await unit.obligations.mark();
  const grants = await unit.grants.list();
  const policy = await policyIn(unit);
  const people = grants.filter(isAssignable).map(({ subject, name }) => ({ subject, name: name ?? subject }));
  const names = namesOf(grants);
  const all = seesAll(session);
  const heldNotes = all ? await countHeld(unit, policy, at) : null;
  const ground = groundOf([session.subject, all, policy.version, people, [...names], heldNotes]);
  const mark = `${changesAt}.${ground}`;

  const [before = '', stoodOn] = since?.split('.') ?? [];
  if (stoodOn === ground) {
    // Of what went from one person to another the first may not be told: whoever does not see all reads all of theirs again.
    const changes = await unit.obligations.changedSince(before, all ? MOST_CHANGES : 0);
    if (changes && changes.open.length === 0 && changes.done.length === 0) return { answer: { kind: 'unchanged', at, mark }, rows: [] };
    const open = changes ? await countAll(unit, at) : undefined;
    // Of a list that is cut off, what comes into it from beyond is not among the changes.
    if (changes && open !== undefined && open <= MOST_ROWS) {
      const told = { rows: changes.open.map(worklistLine), gone: changes.done, names: namesIn(changes.open, names), more: 0 };
      return { answer: { kind: 'changes', at, mark, ...told }, rows: changes.open };
    }
  }

  const { rows, next } = all ? await readPart(unit, PARTS.first) : { rows: await readOpen(unit, session), next: null };
  const open = next === null ? rows.length : await countAll(unit, at);
  const { timeZone, opens, closes, holidays } = policy.calendar;
  return {
    answer: {
      kind: 'whole',
      at,
      mark,
      heldNotes,
      rows: rows.map(worklistLine),
      names: namesIn(rows, names),
      next,
      coming: Math.min(open, MOST_ROWS) - rows.length,
      more: Math.max(0, open - MOST_ROWS),
      people,
      calendar: { timeZone, opens, closes, holidays: [...holidays] },
    },
    rows,
  };
}
