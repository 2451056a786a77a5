/** Specialists' offices: some work by the link they are sent, some have only paper and a telephone; all are slow, closed, or careless at times. */
import type { OfficeAnswer, OfficeRequest } from '@refloop/server/client/office';
import type { Book } from './book.ts';
import { createLife } from './life.ts';
import type { Practice } from './practice.ts';
import type { World } from './world.ts';

export type Offices = {
  /** The link comes into their hands, or is lost on the way. */
  receive: (practice: Practice, book: Book, npi: string, link: string) => void;
  /** It is told by telephone that it need not see the patient, and looks at its page meanwhile; at times that stands open, and is used when another is asked. */
  called: (practice: Practice, book: Book, npi: string) => void;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MOST_VISITS = 12;
/** A little longer than a page stays open. */
const OPEN_MS = 65 * MINUTE_MS;

export function createOffices(world: World): Offices {
  const { draws, time, faults } = world;
  /** The letter that came last, by place, referral and NPI. */
  const letters = new Map<string, string>();
  const nameOf = ({ scope }: Practice, { referralId }: Book, npi: string): string => `${scope.tenant} ${referralId} ${npi}`;
  /** When the desk of the office turns to it again: hours or days, and not on the day it is closed. */
  const later = (median: number): number => Math.min(60 * DAY_MS, draws.logNormal(median, 0.9));

  async function sit(practice: Practice, book: Book, npi: string, link: string, times: number): Promise<void> {
    if (times > MOST_VISITS) return;
    const life = createLife();
    const given = faults.strikes('letters', 0.03) ? '1999999999' : npi;
    const opened = await world.server.ask<OfficeAnswer>(life, ({ office }, now) => office.open({ link, npi: given }, now));
    const again = (median: number): void => time.after(later(median), () => sit(practice, book, npi, link, times + 1));
    if (opened.kind === 'silent' || (opened.kind === 'refused' && given !== npi)) return again(4 * HOUR_MS);
    if (opened.kind === 'refused') return;
    if (given !== npi) world.watch.tell('privacy', 'an office’s page opened with the NPI of somebody else', book.referralId);
    if (opened.value.standing === 'over') {
      const { toCancel, toWrite } = opened.value;
      if (toWrite && draws.chance(0.6)) {
        await giveNote(practice, book, npi, toWrite);
        // The other note follows, or the appointment is still to be cancelled.
        return again(4 * DAY_MS);
      }
      if (toCancel && draws.chance(0.3)) await tooLate(practice, book, npi, toCancel.opened);
      if (!toCancel || !draws.chance(0.8)) return;
      const key = `press-${world.newId()}`;
      const what: OfficeRequest = { act: 'confirm-cancellation' };
      return press(practice, book, key, () =>
        world.server.ask(life, ({ office }, now) => office.act({ opened: toCancel.opened, key, what }, now)),
      );
    }
    const { acts, appointment, offered, noteForms } = opened.value;
    const token = opened.value.opened;
    const what = choose(acts, appointment?.startsAt, offered);
    // The page stands open while they do something else: what it shows may be over by the time they press.
    await time.pause(draws.chance(0.3) ? draws.integer(0, OPEN_MS) : draws.integer(SECOND_MS, 2 * MINUTE_MS));
    if (what === 'note') {
      await giveNote(practice, book, npi, { opened: token, noteForms });
    } else if (what) {
      const key = `press-${world.newId()}`;
      await press(practice, book, key, () => world.server.ask(life, ({ office }, now) => office.act({ opened: token, key, what }, now)));
      // They think better of it, on the same page.
      const isOver = what.act === 'decline' || what.act === 'confirm-cancellation';
      if (isOver && draws.chance(0.4)) {
        await time.pause(draws.integer(SECOND_MS, HOUR_MS));
        await tooLate(practice, book, npi, token);
      }
    }
    again(what ? 3 * DAY_MS : 8 * DAY_MS);
  }

  async function giveNote(
    practice: Practice,
    book: Book,
    npi: string,
    { opened, noteForms }: { opened: string; noteForms: readonly string[] },
  ): Promise<void> {
    const form = noteForms.includes('final') && (draws.chance(0.85) || !noteForms.includes('interim')) ? 'final' : 'interim';
    const key = `note-${world.newId()}`;
    const bytes = world.notes.upload(practice, book, npi, key, form === 'interim');
    await press(practice, book, key, () =>
      world.server.ask(createLife(), ({ office }, now) => office.note({ opened, key, form, bytes }, now)),
    );
  }

  /** What the page offered when it was opened, pressed when it may be over for them. */
  async function tooLate(practice: Practice, book: Book, npi: string, opened: string): Promise<void> {
    const life = createLife();
    const key = `late-${world.newId()}`;
    const day = (): string => new Date(world.now().getTime() + draws.integer(2, 40) * DAY_MS).toISOString();
    const act = draws.weighted([
      ['note', 5],
      ['ask', 4],
      ['accept', 1],
      ['offer-dates', 1],
      ['book', 1],
    ] as const);
    if (act === 'note') {
      const bytes = world.notes.upload(practice, book, npi, key, false);
      return press(practice, book, key, () =>
        world.server.ask(life, ({ office }, now) => office.note({ opened, key, form: 'final', bytes }, now)),
      );
    }
    const acts = {
      ask: { act: 'ask', text: 'Shall we see them all the same?' },
      accept: { act: 'accept' },
      'offer-dates': { act: 'offer-dates', dates: [day(), day()] },
      book: { act: 'book', startsAt: day() },
    } as const satisfies Record<string, OfficeRequest>;
    const what = acts[act];
    const asked: OfficeRequest = what.act === 'offer-dates' ? { act: what.act, dates: [...what.dates] } : what;
    return press(practice, book, key, () => world.server.ask(life, ({ office }, now) => office.act({ opened, key, what: asked }, now)));
  }

  /** Opened while they are asked, and used when the hour of the page is nearly over. */
  async function leavesOpen(practice: Practice, book: Book, npi: string, link: string): Promise<void> {
    const opened = await world.server.ask<OfficeAnswer>(createLife(), ({ office }, now) => office.open({ link, npi }, now));
    if (opened.kind !== 'ok' || opened.value.standing !== 'open') return;
    await time.pause(draws.integer(45 * MINUTE_MS, 59 * MINUTE_MS));
    await tooLate(practice, book, npi, opened.value.opened);
  }

  /** Pressed again where no answer came. */
  async function press(_practice: Practice, _book: Book, _key: string, send: () => Promise<{ kind: string }>): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) if ((await send()).kind !== 'silent') return;
  }

  function choose(acts: readonly string[], startsAt: string | undefined, offered: readonly string[]): OfficeRequest | 'note' | undefined {
    const may = (act: string): boolean => acts.includes(act);
    const now = world.now().getTime();
    const day = (): string => new Date(now + draws.integer(1, 40) * DAY_MS).toISOString();
    if (may('ask') && draws.chance(0.06)) return { act: 'ask', text: 'Which side is it?' };
    if (may('decline') && draws.chance(0.1)) return { act: 'decline', reason: 'not-taking-patients' };
    if (may('confirm-cancellation') && draws.chance(0.8)) return { act: 'confirm-cancellation' };
    if (may('cancel-appointment') && draws.chance(0.04)) return { act: 'cancel-appointment', by: draws.pick(['patient', 'specialist']) };
    if (may('accept')) return { act: 'accept' };
    if (startsAt !== undefined && may('no-show') && draws.chance(0.15)) return { act: 'no-show', at: startsAt };
    if (startsAt !== undefined && may('seen')) return { act: 'seen', at: startsAt };
    if (may('offer-dates') && offered.length === 0 && draws.chance(0.2)) return { act: 'offer-dates', dates: [day(), day()] };
    if (may('book') && (startsAt === undefined || draws.chance(0.05)) && draws.chance(0.7)) return { act: 'book', startsAt: day() };
    if (may('note') && startsAt === undefined && !may('book') && draws.chance(0.9)) return 'note';
    if (may('note') && draws.chance(0.2)) return 'note';
    return undefined;
  }

  return {
    receive: (practice, book, npi, link) => {
      if (faults.strikes('letters', 0.1)) return;
      letters.set(nameOf(practice, book, npi), link);
      time.after(later(10 * HOUR_MS), () => sit(practice, book, npi, link, 0));
      // Two people of one office open the same letter.
      if (faults.strikes('letters', 0.05)) time.after(later(12 * HOUR_MS), () => sit(practice, book, npi, link, 4));
    },
    called: (practice, book, npi) => {
      const link = letters.get(nameOf(practice, book, npi));
      if (link === undefined) return;
      const look = draws.chance(0.7) ? leavesOpen : (...about: Parameters<typeof leavesOpen>) => sit(...about, MOST_VISITS);
      time.after(draws.integer(0, 2 * MINUTE_MS), () => look(practice, book, npi, link));
    },
  };
}
