/** A coordinator at the worklist: does what is owed, or puts on record what an office or a patient said by telephone or on paper. */
import type { DeclineReason } from '@refloop/domain/referral/attempt';
import type { ActRequest } from '@refloop/server/client/worklist';
import type { Session } from '@refloop/server/sessions/session';
import type { Book, BookedAttempt } from './book.ts';
import { createLife, type Life } from './life.ts';
import type { Offices } from './office.ts';
import { type Person, type Practice, sessionOf } from './practice.ts';
import type { World } from './world.ts';

type What = ActRequest['what'];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

type Desk = { world: World; offices: Offices; practice: Practice; session: Session; life: Life; book: Book; sequence: number };

const DECLINES: readonly DeclineReason[] = ['not-taking-patients', 'not-in-plan', 'packet-incomplete', 'other'];

/** Whatever was known before, this adds to it; of the others what says nothing new makes no event. */
const ALWAYS_NEWS: readonly What['act'][] = ['sent', 'booked', 'note', 'contacted', 'cancel-requested', 'ended', 'reconciled'];

/** Pressed once, and again where no answer came: one key. */
async function press({ world, session, life, book, sequence, practice }: Desk, what: What): Promise<void> {
  const key = `press-${world.newId()}`;
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await world.server.ask(life, ({ worklist }, now) =>
      worklist.act(session, book.referralId, { key, sequence, what }, now),
    );
    if (answer.kind === 'ok' && ALWAYS_NEWS.includes(what.act))
      world.acknowledged.push({ scope: practice.scope, referralId: book.referralId, what: 'act', key: `by-hand/${key}` });
    if (answer.kind !== 'silent') return;
  }
}

const at = ({ world }: Desk, ago = 0): string => new Date(world.now().getTime() - ago).toISOString();

/** A day on which a visit can be: in the office's hours, weeks ahead. */
const someDay = ({ world }: Desk): string => {
  const ahead = world.now().getTime() + world.draws.integer(1, 40) * DAY_MS;
  return new Date(Math.floor(ahead / DAY_MS) * DAY_MS + world.draws.integer(15, 22) * HOUR_MS).toISOString();
};

async function send(desk: Desk, attempt: BookedAttempt): Promise<void> {
  const { world, session, life, book, sequence, offices, practice } = desk;
  const { npi } = attempt;
  if (!offices.usesLinks(npi))
    return press(desk, { act: 'sent', channel: world.draws.pick(['fax', 'direct', 'by-hand'] as const), at: at(desk) });
  const made = await world.server.ask(life, ({ links }, now) => links.make(session, book.referralId, sequence, now));
  if (made.kind === 'ok') offices.receive(practice, book, npi, made.value.link);
}

/** What the office says when it is called. */
async function call(desk: Desk): Promise<void> {
  const { world } = desk;
  const said = world.draws.weighted([
    ['accepted', 10],
    ['booked', 6],
    ['declined', 3],
    ['received', 4],
    ['silence', 6],
    ['cancel', 2],
  ] as const);
  switch (said) {
    case 'accepted':
    case 'received':
      return press(desk, { act: said, at: at(desk) });
    case 'booked':
      return press(desk, { act: 'booked', startsAt: someDay(desk), at: at(desk) });
    case 'declined':
      return press(desk, { act: 'declined', reason: world.draws.pick(DECLINES), at: at(desk) });
    case 'cancel':
      return press(desk, { act: 'cancel-requested', reason: 'No answer', at: at(desk) });
    case 'silence':
      return undefined;
  }
}

async function ask(desk: Desk): Promise<void> {
  const { world, session, life, book, sequence } = desk;
  const found = await world.server.ask(life, ({ next }, now) => next.list(session, book.referralId, now));
  const performer = found.kind === 'ok' ? found.value.performers[0] : undefined;
  if (!performer || world.draws.chance(0.1)) return press(desk, { act: 'ended', how: 'patient-declined', reason: 'Wants nobody else' });
  const asked = { sequence, entryId: performer.entryId, because: 'declined' as const };
  await world.server.ask(life, ({ next }, now) => next.ask(session, book.referralId, asked, now));
}

/** What a coordinator does about something that is owed; it may take several times, and at times nothing is done. */
export async function coordinatorActs(
  world: World,
  offices: Offices,
  practice: Practice,
  person: Person,
  book: Book,
  kind: string,
): Promise<void> {
  const life = createLife();
  const desk: Desk = { world, offices, practice, session: sessionOf(practice, person, world.now()), life, book, sequence: book.last };
  const attempt = book.attempts.at(-1);
  // Between what was on screen and the press something may happen.
  await world.time.pause(world.draws.integer(1000, 120_000));
  const { draws } = world;
  switch (kind) {
    case 'send':
      return attempt && send(desk, attempt);
    case 'answer':
      return draws.chance(0.1) && attempt ? send(desk, attempt) : call(desk);
    case 'book':
      if (draws.chance(0.05)) return press(desk, { act: 'contacted', outcome: 'unreachable' });
      return press(desk, { act: 'booked', startsAt: someDay(desk), at: at(desk) });
    case 'visit':
      if (draws.chance(0.85)) return undefined;
      return press(
        desk,
        draws.chance(0.5)
          ? { act: 'appointment-cancelled', by: 'patient', at: at(desk) }
          : { act: 'booked', startsAt: someDay(desk), at: at(desk) },
      );
    case 'confirm-visit':
      return press(desk, { act: draws.chance(0.75) ? 'seen' : 'missed', at: at(desk, draws.integer(0, HOUR_MS)) });
    case 'rebook':
      if (draws.chance(0.15)) return press(desk, { act: 'cancel-requested', reason: 'Does not want to go', at: at(desk) });
      return press(desk, { act: 'booked', startsAt: someDay(desk), at: at(desk) });
    case 'note':
      return press(desk, { act: 'note', form: draws.chance(0.85) ? 'final' : 'interim', at: at(desk, draws.integer(0, DAY_MS)) });
    case 'reroute':
      return ask(desk);
    case 'confirm-cancellation':
      if (book.order !== 'active' || draws.chance(0.6)) return press(desk, { act: 'cancel-confirmed', at: at(desk) });
      return ask(desk);
    case 'reconcile':
      return press(desk, { act: 'reconciled', note: 'Asked and found' });
    case 'reply': {
      const asked = { key: `reply-${world.newId()}`, sequence: desk.sequence, text: 'Here it is.' };
      await world.server.ask(life, ({ worklist }, now) => worklist.reply(desk.session, book.referralId, asked, now));
      return undefined;
    }
    default:
      return undefined;
  }
}
