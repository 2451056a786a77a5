/**
 * Notes that are linked by mistake, and those that somebody only takes for it: they are taken off, at times by two at once, soon or when they are
 * long reviewed. What was taken off is linked again, comes again, or is taken off once more by somebody who looks at an old page.
 */

import { drawsOf } from '@refloop/domain/practice/draws';
import { MISFILINGS, type Misfiling } from '@refloop/domain/referral/care-event';
import type { StoredEvent } from '@refloop/server/store/events';
import type { Book } from './book.ts';
import { isTaken } from './coordinator.ts';
import { createLife } from './life.ts';
import { marked } from './notes.ts';
import { type Person, type Practice, sessionOf } from './practice.ts';
import type { World } from './world.ts';

export type Misfilings = {
  /** Of a referral something is on record. */
  heard: (practice: Practice, book: Book, event: StoredEvent) => void;
  /** Somebody is about to place this document with a referral that it is not of. @returns takes that back, where nothing was placed */
  misplaced: (practice: Practice, documentId: string) => () => void;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const REASON = 'It is of somebody else, as its head says';

export function createMisfilings(world: World): Misfilings {
  const { time } = world;
  const draws = drawsOf(`${world.seed} misfilings`);
  /** By tenant and report. */
  const misplaced = new Set<string>();
  const nameOf = ({ scope }: Practice, reportId: string): string => `${scope.tenant} ${reportId}`;

  const takenOff = ({ takenOff: all }: Book, reportId: string): number => all.get(reportId)?.times ?? 0;

  /** @returns whether this person was told that it was done */
  async function isDoneBy(practice: Practice, person: Person, book: Book, reportId: string, because: Misfiling): Promise<boolean> {
    const life = createLife();
    const session = sessionOf(practice, person, world.now());
    if (!person.roles.includes('clinician')) {
      const desk = { world, practice, session, life, book, sequence: book.decided };
      // What was on screen may be over by the time they press.
      await time.pause(draws.integer(0, 2 * MINUTE_MS));
      return isTaken(desk, { act: 'unlink-report', reportId, because, reason: REASON });
    }
    const asked = { referralId: book.referralId, reportId, because, reason: REASON };
    for (let tries = 0; tries < 3; tries += 1) {
      const answer = await world.server.ask(life, ({ reviews }, now) => reviews.unlink(session, asked, now));
      if (answer.kind !== 'silent') return answer.kind === 'ok';
    }
    return false;
  }

  /** The clinician, whoever coordinates, or a colleague whose referral it is not: one of them, or two at the same moment. */
  async function takeOff(practice: Practice, book: Book, reportId: string, because: Misfiling): Promise<void> {
    const requester = practice.clinicians.find(({ subject }) => subject === book.requester);
    const whoever = (): Person => {
      if (draws.chance(0.06)) return draws.pick(practice.clinicians);
      return requester && draws.chance(0.5) ? requester : draws.pick([...practice.coordinators, practice.lead]);
    };
    const before = takenOff(book, reportId);
    const people = draws.chance(0.3) ? [whoever(), whoever()] : [whoever()];
    const done = await Promise.all(people.map((person) => isDoneBy(practice, person, book, reportId, because)));
    // Whoever looks at it later may take it off again meanwhile, and then it is no lie.
    if (done.filter(Boolean).length > takenOff(book, reportId) - before)
      world.watch.tell('reopened', 'somebody was told that a note was taken off, and it was not by them', book.referralId);
  }

  function isFoundWrong(practice: Practice, book: Book, reportId: string, wait: number): void {
    const because = misplaced.has(nameOf(practice, reportId)) ? 'other-patient' : draws.pick(MISFILINGS);
    time.after(wait, () => takeOff(practice, book, reportId, because));
  }

  /** It was right after all: whoever knows links it again, where it is not among what came in. */
  async function linkAgain(practice: Practice, book: Book, reportId: string): Promise<void> {
    const session = sessionOf(practice, draws.pick(practice.coordinators), world.now());
    const desk = { world, practice, session, life: createLife(), book, sequence: book.decided };
    await isTaken(desk, { act: 'link-report', reportId, attempt: draws.integer(1, Math.max(1, book.attempts.length)) });
  }

  async function comesAgain(practice: Practice, book: Book, documentId: string): Promise<void> {
    const document = await world.store.transaction(practice.scope, (unit) => unit.documents.get(documentId));
    if (document) world.notes.comesBack(practice, book, document.sha256);
  }

  return {
    misplaced: (practice, documentId) => marked(misplaced, nameOf(practice, `inbound/${documentId}`)),
    heard: (practice, book, { type, data }) => {
      const { reportId = '' } = data as { reportId?: string };
      switch (type) {
        case 'report-matched': {
          const isWrong = misplaced.has(nameOf(practice, reportId));
          if (!draws.chance(isWrong ? 0.6 : 0.05)) return;
          // While it is on its way to the chart, or when somebody looks at it.
          return isFoundWrong(
            practice,
            book,
            reportId,
            draws.chance(0.5) ? draws.integer(0, 4 * MINUTE_MS) : draws.logNormal(8 * HOUR_MS, 1.2),
          );
        }
        case 'report-reviewed': {
          const isWrong = misplaced.has(nameOf(practice, reportId));
          if (!draws.chance(isWrong ? 0.6 : 0.05)) return;
          return isFoundWrong(practice, book, reportId, draws.logNormal(2 * DAY_MS, 1.2));
        }
        case 'report-unlinked': {
          const { kept } = book.dropped.get(reportId) ?? {};
          if (kept !== undefined && draws.chance(0.5))
            time.after(draws.integer(MINUTE_MS, 4 * DAY_MS), () => comesAgain(practice, book, kept));
          if (draws.chance(kept === undefined ? 0.5 : 0.1))
            time.after(draws.logNormal(DAY_MS, 1), () => linkAgain(practice, book, reportId));
          if (draws.chance(0.2)) isFoundWrong(practice, book, reportId, draws.integer(0, 2 * DAY_MS));
          return;
        }
        default:
          return;
      }
    },
  };
}
