/**
 * What must hold after every event, looked at inside the very transaction that wrote it. It reads what is stored and what the outside truly
 * holds; of the product it uses the fold alone, to see that the same events give the same state: event by event as they come, and the whole history anew at each sweep.
 */

import { evolve, fold, type Referral } from '@refloop/domain/referral/referral';
import { eventOf } from '@refloop/server/services/referral-log';
import type { StoredEvent } from '@refloop/server/store/events';
import type { StoredObligation } from '@refloop/server/store/obligations';
import type { ReferralRow } from '@refloop/server/store/referrals';
import type { Scope, Unit } from '@refloop/server/store/store';
import {
  type Authority,
  type Book,
  closedByBook,
  isLeftByBook,
  isOpenByBook,
  isToReadByBook,
  newBook,
  notesByBook,
  stillWithByBook,
  takeIn,
  toLetGoByBook,
} from './book.ts';
import { isSame } from './same-json.ts';
import { isBackByItself, linked, nothingTakenOff, type TakenOffWatch, toldBefore, wrongAfter, wrongStanding } from './taken-off-watch.ts';
import { wrongDeadline } from './wall-clock.ts';

const DAY_MS = 86_400_000;
/** The latest that a deadline lies ahead: an appointment half a year away, and its week. */
const FURTHEST_MS = 400 * DAY_MS;
/** So long after its deadline somebody besides its owner has been told, whatever lay between: outages, holidays, a weekend. */
const TOLD_WITHIN_MS = 16 * DAY_MS;

export type Violation = { rule: string; words: string; referralId: string; at: string };

export type Watch = {
  /** Within the transaction, after its work: the referrals it read or wrote. */
  look: (unit: Unit, referralIds: Iterable<string>) => Promise<void>;
  /** Of everything that is open, whatever was heard of it: nothing waits in silence. */
  sweep: (unit: Unit) => Promise<void>;
  tell: (rule: string, words: string, referralId?: string) => void;
  book: (scope: Scope, referralId: string) => Book | undefined;
  books: () => Book[];
  /** Of which an approval is. */
  bookOf: (approvalId: string) => Book | undefined;
  violations: Violation[];
  events: () => number;
  /** How often each type of event was written. */
  byType: ReadonlyMap<string, number>;
};

export type WatchDeps = {
  /** As the clock of Refloop's machine shows it. */
  now: () => Date;
  authority: (scope: Scope) => Authority;
  timeZone: (scope: Scope) => string;
  /** Told of every event, and of what is open then. */
  onEvents: (scope: Scope, book: Book, fresh: readonly StoredEvent[], open: readonly StoredObligation[]) => void;
  remember: (line: () => string) => void;
};

const aboutOf = (content: StoredObligation['content']): string | undefined => (content as { about?: string }).about;

/** When the visit is that is booked with the office that it is about. */
function bookedBy({ attempts }: Book, content: StoredObligation['content']): string | undefined {
  const number = Number(/^attempt (\d+)$/.exec(aboutOf(content) ?? '')?.[1]);
  return attempts[number - 1]?.booked?.split(' ')[1];
}

/** Days beyond its end, of one that was passed over with nothing booked. */
function isForEver(book: Book | undefined, content: StoredObligation['content'], now: Date): boolean {
  const number = Number(/^attempt (\d+)$/.exec(aboutOf(content) ?? '')?.[1]);
  const attempt = book?.attempts[number - 1];
  if (!book || !attempt || number === book.attempts.length || attempt.booked !== undefined) return false;
  return !toLetGoByBook(book, new Date(now.getTime() - 3 * DAY_MS)).includes(number);
}

/** No step was taken, of a stage of which it is known when it began. */
function isUntold(content: StoredObligation['content']): boolean {
  const { stage, steps } = content as { stage?: string; steps?: readonly unknown[] };
  return stage?.endsWith('inferred') === false && steps?.length === 0;
}

/** What is owed besides, before the order is in force or of what is sent. */
const HAS_NO_STEPS = ['unfinished-write-back', 'none-in-network', 'to-sign', 'perhaps-sent', 'not-sent', 'visit'];

/**
 * @param state what the events come to, one after the other; once it was found to be what is kept, it is that, so that of the next one only
 *   what is new is compared
 * @param whole up to which event the whole history was folded anew
 * @param row, open what was looked at last: where neither an event nor one of these is new, there is nothing to look at
 */
type Kept = {
  book: Book;
  state: Referral | undefined;
  whole: number;
  row: ReferralRow | undefined;
  open: readonly StoredObligation[];
  takenOff: TakenOffWatch;
};

const newKept = (referralId: string): Kept => ({
  book: newBook(referralId),
  state: undefined,
  whole: 0,
  row: undefined,
  open: [],
  takenOff: nothingTakenOff(),
});

/** A row that was not written is the very same. */
const areSame = (left: readonly StoredObligation[], right: readonly StoredObligation[]): boolean =>
  left.length === right.length && left.every((row, at) => row === right[at]);

export function createWatch({ now, authority, timeZone, onEvents, remember }: WatchDeps): Watch {
  /** By tenant and referral. */
  const kept = new Map<string, Map<string, Kept>>();
  /** Deadlines that were judged. */
  const judged = new Set<string>();
  const keysOf = new Map<string, Set<string>>();
  const approved = new Map<string, Book>();
  const violations: Violation[] = [];
  const byType = new Map<string, number>();
  let count = 0;

  const tell: Watch['tell'] = (rule, words, referralId = '-') => {
    violations.push({ rule, words, referralId, at: now().toISOString() });
    remember(() => `VIOLATION ${rule}: ${words} (${referralId})`);
  };
  const keptOf = ({ tenant }: Scope): Map<string, Kept> => {
    const known = kept.get(tenant) ?? new Map<string, Kept>();
    kept.set(tenant, known);
    return known;
  };
  const told = (referralId: string, fault: string): void => {
    const [rule = '', ...words] = fault.split(': ');
    tell(rule, words.join(': '), referralId);
  };

  function isWhole(row: StoredObligation, scope: Scope): string | undefined {
    const due = Date.parse(row.dueAt);
    if (row.owner === null || !authority(scope).isPerson(row.owner)) return `nobody of this practice owns what is owed (${row.kind})`;
    if (Number.isNaN(due)) return `what is owed has no deadline (${row.kind})`;
    if (due - now().getTime() > FURTHEST_MS) return `the deadline lies beyond every calendar (${row.kind})`;
    return undefined;
  }

  function checkOpen(scope: Scope, book: Book, open: readonly StoredObligation[]): void {
    const { referralId } = book;
    for (const row of open) {
      const wrong = isWhole(row, scope);
      if (wrong) tell('owner', wrong, referralId);
      const name = `${row.id} ${row.dueAt}`;
      if (judged.has(name)) continue;
      judged.add(name);
      const { urgency, stage } = row.content as { urgency?: string; stage?: string };
      // Of a stage that was only inferred the deadline counts from when it was first seen.
      if (urgency !== 'routine' || stage?.endsWith('inferred')) continue;
      const late = wrongDeadline(row.kind, row.raisedAt, row.dueAt, timeZone(scope), bookedBy(book, row.content));
      if (late) tell('deadline', late, referralId);
    }
    const kinds = new Set(open.map(({ kind }) => kind));
    const owes = (holds: boolean, ...any: string[]): void => {
      if (holds && !any.some((kind) => kinds.has(kind))) tell('owner', `nobody owes ${any[0]}, and it is ${book.order}`, referralId);
    };
    if (isOpenByBook(book, now()) && open.length === 0) tell('owner', `it is ${book.order}, open, and nobody owes anything`, referralId);
    owes(book.order === 'approved', 'unfinished-write-back');
    owes(book.order === 'unsigned' || (book.order === 'held' && !closedByBook(book)), 'sign-in-ehr');
    owes(
      [...book.reports.values()].some(({ reviewed, attempt }) => !reviewed && attempt !== undefined),
      'review',
    );
    const cares = book.order !== 'none' && book.order !== 'approved';
    owes(cares && book.setAside > 0, 'reconcile');
    owes(cares && book.asked, 'reply');
    owes(cares && (stillWithByBook(book).length > 0 || isLeftByBook(book)), 'confirm-cancellation', 'confirm-visit');
    for (const attempt of cares ? toLetGoByBook(book, now()) : []) {
      const isOwed = open.some(({ kind, content }) => kind === 'confirm-cancellation' && aboutOf(content) === `attempt ${attempt}`);
      if (!isOwed) tell('owner', 'nobody asks an office that was passed over whether it let go', referralId);
    }
    const inCare = (book.order === 'active' || book.order === 'held') && !closedByBook(book);
    owes(inCare && notesByBook(book).length > 0, 'note');
    const last = book.attempts.at(-1);
    if ((book.order !== 'active' && book.order !== 'held') || closedByBook(book) || !last) return;
    owes(last.booked !== undefined && !last.askedToCancel, 'visit', 'confirm-visit', 'note');
    if (book.order === 'held') return;
    const waits = last.over !== undefined && book.proposal?.toWait === true;
    owes(waits, 'approve-performer');
    const isToRead = isToReadByBook(book);
    owes(last.over !== undefined && !waits && !isToRead, 'reroute', 'approve-performer');
    if (isToRead && kinds.has('reroute')) tell('owner', 'another is to be asked while the answer waits for its reader', referralId);
    if (waits && kinds.has('reroute')) tell('duplicate', 'another is to be asked while one waits for the clinician', referralId);
    if (kinds.has('approve-performer') && !book.proposal) tell('owner', 'the clinician owes an answer, and nobody is proposed', referralId);
    owes(!last.sent && last.over === undefined && !last.seen, 'send', 'payer-decision', 'payer-denial');
    if (kinds.has('rebook') && !last.fell)
      tell('owner', 'a date is to be booked anew, and the one that counts did not fall through', referralId);
  }

  /** Two open rows of one stage would have two people do one thing. */
  function checkTwins(book: Book, open: readonly StoredObligation[]): void {
    const stages = open.map(({ kind, content }) => `${kind} ${(content as { stage?: string; planId?: string }).stage ?? ''}`);
    if (new Set(stages).size < stages.length) tell('duplicate', 'one thing is owed twice', book.referralId);
  }

  type Before = { before: Referral | undefined; ofOffice: number | undefined; owedBefore: ReadonlySet<string> };

  /** @param before the state before this transaction, what was told of the office that the note answered, and what was owed */
  async function lookAtNote(
    unit: Unit,
    { book, state, open, takenOff }: Kept,
    event: StoredEvent,
    { before, ofOffice, owedBefore }: Before,
  ): Promise<void> {
    if (event.type === 'report-matched') linked(takenOff, book, event, before);
    if (event.type === 'report-received' && (await isBackByItself(unit, takenOff, event)))
      tell('misfiled', 'a file that was taken off came back by itself', book.referralId);
    if (event.type !== 'report-unlinked' || !state) return;
    const standing = wrongStanding(takenOff, event, ofOffice, state);
    const fresh = open.filter(({ id }) => !owedBefore.has(id));
    for (const fault of [...(standing ? [standing] : []), ...(await wrongAfter(unit, takenOff, book, event, fresh))])
      told(book.referralId, fault);
  }

  async function lookAt(unit: Unit, referralId: string): Promise<void> {
    const { scope } = unit;
    const stored = await unit.events.read(referralId);
    const known = keptOf(scope).get(referralId) ?? newKept(referralId);
    const fresh = stored.slice(known.book.last);
    if (stored.length < known.book.last) return tell('lost', 'events that were there are gone', referralId);
    if (fresh.length === 0 && stored.length === 0) return;
    keptOf(scope).set(referralId, known);
    const { book } = known;
    const open = await unit.obligations.openOf(referralId);
    const row = await unit.referrals.get(referralId);
    if (fresh.length === 0 && row === known.row && areSame(open, known.open)) return;
    const owedBefore = new Set(known.open.map(({ id }) => id));
    const before = known.state;
    known.row = row;
    known.open = open;
    const keys = keysOf.get(scope.tenant) ?? new Set();
    keysOf.set(scope.tenant, keys);
    for (const event of fresh) {
      byType.set(event.type, (byType.get(event.type) ?? 0) + 1);
      const ofOffice = event.type === 'report-unlinked' ? toldBefore(known.takenOff, book, event) : undefined;
      for (const fault of takeIn(book, event, authority(scope))) told(referralId, fault);
      if (event.factKey !== undefined && keys.has(event.factKey)) tell('duplicate', 'a fact counted in two referrals', referralId);
      if (event.factKey !== undefined) keys.add(event.factKey);
      known.state = evolve(referralId, known.state, eventOf(event));
      await lookAtNote(unit, known, event, { before, ofOffice, owedBefore });
      remember(() => `${event.recordedAt} ${scope.tenant} ${referralId} ${event.sequence} ${event.type} ${JSON.stringify(event.actor)}`);
    }
    count += fresh.length;
    approved.set(book.approvalId, book);
    if (!row || row.sequence !== book.last)
      return tell('refold', `its row is of event ${row?.sequence ?? 0}, and its last is ${book.last}`, referralId);
    if (fresh.length > 0) {
      if ((row.status === 'closed') !== (closedByBook(book) && book.order !== 'ended'))
        tell('closed', `it is called ${row.status}, and its rule says otherwise`, referralId);
      if (row.patientId !== book.patientId) tell('refold', 'its row is of another patient', referralId);
    }
    if (isSame(known.state, row.state)) known.state = row.state as Referral;
    else tell('refold', 'its events give another state than the one that is kept', referralId);
    checkOpen(scope, book, open);
    checkTwins(book, open);
    onEvents(scope, book, fresh, open);
  }

  /** The whole history anew, of what has moved on since. */
  async function refold(unit: Unit, referralId: string, known: Kept): Promise<void> {
    known.whole = known.book.last;
    const events = (await unit.events.read(referralId)).map(eventOf);
    const row = await unit.referrals.get(referralId);
    if (events.length !== known.book.last) tell('lost', 'events that were there are gone', referralId);
    if (!isSame(fold(referralId, events), row?.state))
      tell('refold', 'its whole history gives another state than the one that is kept', referralId);
  }

  return {
    look: async (unit, referralIds) => {
      for (const referralId of referralIds) await lookAt(unit, referralId);
    },
    sweep: async (unit) => {
      const at = now();
      for (const known of keptOf(unit.scope).values()) {
        if (known.whole !== known.book.last) await refold(unit, known.book.referralId, known);
      }
      const overdue = await unit.obligations.list({
        status: 'open',
        dueBefore: new Date(at.getTime() - 2 * DAY_MS).toISOString(),
        limit: 10_000,
      });
      for (const { kind, referralId, dueAt, raisedAt, content } of overdue) {
        const book = keptOf(unit.scope).get(referralId)?.book;
        if (kind === 'confirm-cancellation' && isForEver(book, content, at))
          tell('deadline', 'an office that was passed over is asked for ever whether it let go', referralId);
        const visitAt = kind === 'confirm-cancellation' && book ? bookedBy(book, content) : undefined;
        if (visitAt !== undefined && at.getTime() - Date.parse(visitAt) > 2 * DAY_MS)
          tell('deadline', 'a visit is over, and it is still asked whether it was cancelled', referralId);
        if (visitAt !== undefined && isUntold(content))
          tell('deadline', 'a visit is not taken off the calendar in time, and no lead was told', referralId);
        if (kind === 'visit') tell('deadline', 'a visit is over, and nobody was asked to find out about it', referralId);
        if (HAS_NO_STEPS.includes(kind) || !book) continue;
        const silent = book.lastRaisedAt < raisedAt && at.getTime() - Date.parse(dueAt) > TOLD_WITHIN_MS;
        if (silent) tell('deadline', `what is owed (${kind}) is long overdue, and nobody was told`, referralId);
      }
    },
    tell,
    book: (scope, referralId) => keptOf(scope).get(referralId)?.book,
    books: () => [...kept.values()].flatMap((place) => [...place.values()].map(({ book }) => book)),
    bookOf: (approvalId) => approved.get(approvalId),
    violations,
    events: () => count,
    byType,
  };
}
