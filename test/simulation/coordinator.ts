/** A coordinator at the worklist: does what is owed, or puts on record what an office or a patient said by telephone or on paper. */
import type { DeclineReason } from '@refloop/domain/referral/attempt';
import { NOTE_IN_ERROR, NoteInErrorContent } from '@refloop/server/channels/note-in-error';
import type { ActRequest } from '@refloop/server/client/acts';
import type { AuthorizationAnswer, PacketAnswer, PacketSent, PacketView } from '@refloop/server/client/packet';
import type { Thread } from '@refloop/server/client/thread';
import type { Session } from '@refloop/server/sessions/session';
import { type Book, closedByBook, notesByBook, stillWithByBook, toLetGoByBook } from './book.ts';
import { isInError, returned } from './ehr-watch.ts';
import { createLife, type Life } from './life.ts';
import { type Person, type Practice, sessionOf } from './practice.ts';
import { judgeAuthorization, withoutAuthorization } from './what-leaves.ts';
import type { World } from './world.ts';

type What = ActRequest['what'];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A packet is looked at so often before it goes. */
const MOST_TURNS = 4;

export type Desk = { world: World; practice: Practice; session: Session; life: Life; book: Book; sequence: number };

const DECLINES: readonly DeclineReason[] = ['not-taking-patients', 'not-in-plan', 'packet-incomplete', 'other'];

/** Whatever was known before, this adds to it; of the others what says nothing new makes no event. */
const ALWAYS_NEWS: readonly What['act'][] = [
  'sent',
  'booked',
  'note',
  'contacted',
  'cancel-requested',
  'ended',
  'reconciled',
  'unlink-report',
];

/** Pressed once, and again where no answer came: one key. Answers whether whoever pressed was told that it is on record. */
export async function isTaken({ world, session, life, book, sequence, practice }: Desk, what: What): Promise<boolean> {
  const key = `press-${world.newId()}`;
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await world.server.ask(life, ({ worklist }, now) =>
      worklist.act(session, book.referralId, { key, sequence, what }, now),
    );
    if (answer.kind === 'ok' && ALWAYS_NEWS.includes(what.act))
      world.acknowledged.push({ scope: practice.scope, referralId: book.referralId, what: 'act', key: `by-hand/${key}` });
    // Pressed again it is the same press, and is answered as what it is: done.
    if (answer.kind === 'refused' && world.watch.book(practice.scope, book.referralId)?.keys.has(`by-hand/${key}`))
      world.watch.tell('duplicate', 'a press that is on record was refused when it was pressed again', book.referralId);
    if (answer.kind !== 'silent') return answer.kind === 'ok';
  }
  return false;
}

const press = async (desk: Desk, what: What): Promise<void> => void (await isTaken(desk, what));

const at = ({ world }: Desk, ago = 0): string => new Date(world.now().getTime() - ago).toISOString();

/** A day on which a visit can be: in the office's hours, weeks ahead. */
const someDay = ({ world }: Desk): string => {
  const ahead = world.now().getTime() + world.draws.integer(1, 40) * DAY_MS;
  return new Date(Math.floor(ahead / DAY_MS) * DAY_MS + world.draws.integer(15, 22) * HOUR_MS).toISOString();
};

/** What the payer says when it is asked; at times nobody waits for it. */
function saidOfAuthorization({ world, practice, book }: Desk): AuthorizationAnswer {
  const answer = world.draws.weighted([
    ['not-needed', 10],
    ['approved', 4],
    ['goes-without', 2],
  ] as const);
  switch (answer) {
    case 'not-needed':
      return { answer };
    case 'approved':
      return { answer, number: `A-${world.newId()}` };
    case 'goes-without':
      world.answeredFor.add(withoutAuthorization(practice.scope, book));
      return { answer, reason: 'The payer answers next week' };
  }
}

/** Somebody faxed it at a machine of their own, or gave it away on paper: it goes with the same word, or without for a reason. */
async function sentByHand(desk: Desk, { sequence, holds }: PacketView): Promise<void> {
  const { world, practice, book } = desk;
  const open = holds.some(({ kind }) => kind === 'authorization-open');
  const authorization = open && !world.draws.chance(0.1) ? saidOfAuthorization(desk) : undefined;
  const what = { act: 'sent', channel: world.draws.pick(['fax', 'by-hand'] as const), at: at(desk) } as const;
  const taken = await isTaken({ ...desk, sequence }, authorization ? { ...what, authorization } : what);
  if (taken) judgeAuthorization(world, practice.scope, book);
}

/** Made ready and sent the way the office prefers; at times tried although it is not ready, which is refused. */
async function send(desk: Desk): Promise<void> {
  const { world, session, life, book, practice } = desk;
  const { referralId } = book;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const shown = await world.server.ask<PacketAnswer>(life, ({ packets }, now) => packets.view(session, referralId, now));
    if (shown.kind !== 'ok') return;
    // Nothing is kept of what was approved: it goes on paper.
    if (shown.value.standing === 'none') return press(desk, { act: 'sent', channel: 'by-hand', at: at(desk) });
    const { packet } = shown.value;
    if (world.draws.chance(0.1)) return sentByHand(desk, packet);
    const { sequence, revision, holds, ways } = packet;
    const hold = holds.find(({ kind }) => kind === 'incomplete' || kind === 'to-be-checked');
    if (hold && !world.draws.chance(0.1)) {
      const what =
        hold.kind === 'incomplete'
          ? ({ change: 'override', reason: 'The office takes it so' } as const)
          : ({ change: 'check', files: packet.items.flatMap(({ file }) => (file?.goes ? [file.sha256] : [])) } as const);
      if (what.change === 'override') world.answeredFor.add(`${practice.scope.tenant} ${referralId} ${book.attempts.length}`);
      await world.server.ask(life, ({ packets }, now) => packets.prepare(session, referralId, { revision, what }, now));
      continue;
    }
    const preferred = ways.find((each) => each.preferred)?.way ?? 'link';
    const way = world.draws.chance(0.2) ? world.draws.pick(ways).way : preferred;
    const npi = book.attempts.at(-1)?.npi ?? '';
    const open = holds.some(({ kind }) => kind === 'authorization-open');
    const authorization = open && !world.draws.chance(0.1) ? saidOfAuthorization(desk) : undefined;
    const asked = {
      key: `packet-${world.newId()}`,
      sequence,
      revision,
      way,
      ...(way === 'mail' ? { address: `${npi}@office.example` } : {}),
      ...(authorization ? { authorization } : {}),
    };
    for (let tries = 0; tries < 3; tries += 1) {
      const sent = await world.server.ask<PacketSent>(life, ({ packets }, now) => packets.send(session, referralId, asked, now));
      if (sent.kind === 'ok') world.acknowledged.push({ scope: practice.scope, referralId, what: 'act', key: `packet/${asked.key}` });
      if (sent.kind === 'ok') judgeAuthorization(world, practice.scope, book);
      if (sent.kind === 'ok' && sent.value.link !== null) world.people.offices.receive(practice, book, npi, sent.value.link);
      if (sent.kind !== 'silent') return;
    }
  }
}

/** Asks what became of what was perhaps sent, or was not: the office is called, or it is let go. */
async function findOut(desk: Desk, kind: string): Promise<void> {
  const { world, session, life, book } = desk;
  const thread = await world.server.ask<Thread>(life, ({ worklist }, now) => worklist.thread(session, book.referralId, now));
  if (thread.kind !== 'ok') return;
  for (const { effectId, doubt, decisions } of thread.value.effects) {
    // What the chart says of a note that was taken off is put right there, and not by trying again.
    const isPutRight = book.takenOff.size > 0 && decisions.includes('let-go') && world.draws.chance(0.7);
    const again = isPutRight ? 'let-go' : decisions.find((each) => each !== 'was-sent');
    const decision = decisions.includes('was-sent') && world.gateways.hasLeft(effectId) ? 'was-sent' : (again ?? 'let-go');
    if (decision === 'let-go') await takeOutByHand(desk, effectId);
    await world.server.ask(life, ({ effects }, now) => effects.decide(session, book.referralId, { effectId, doubt, decision }, now));
  }
  if (kind === 'not-sent' && book.takenOff.size === 0 && world.draws.chance(0.5)) await send(desk);
}

/** What Refloop could not enter in error they do, before they say so. */
async function takeOutByHand({ world, practice: { scope } }: Desk, effectId: string): Promise<void> {
  const effect = await world.store.transaction(scope, (unit) => unit.outbox.get(effectId));
  const about = NoteInErrorContent.safeParse(effect?.kind === NOTE_IN_ERROR ? effect.content : undefined);
  const ehr = world.ehrs.get(scope.tenant);
  if (!about.success || !ehr) return;
  for (const held of ehr.all()) {
    if (held.resourceType !== about.data.type || returned(held) !== about.data.key || held.id === undefined || isInError(held)) continue;
    ehr.put({ ...held, id: held.id, status: 'entered-in-error' });
  }
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
      return callOff(desk);
    case 'silence':
      return undefined;
  }
}

/** The office is told to stop, and at times another is asked before they have hung up. @param chance that another is */
async function callOff(desk: Desk, chance = 0.6): Promise<void> {
  const { world, practice, book } = desk;
  const npi = book.attempts.at(-1)?.npi ?? '';
  await press(desk, { act: 'cancel-requested', reason: 'No answer', at: at(desk) });
  world.people.offices.called(practice, book, npi);
  if (!world.draws.chance(chance)) return;
  await world.time.pause(world.draws.integer(2 * MINUTE_MS, 40 * MINUTE_MS));
  if (book.attempts.at(-1)?.askedToCancel === true) await ask({ ...desk, sequence: book.decided });
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
export async function coordinatorActs(world: World, practice: Practice, person: Person, book: Book, kind: string): Promise<void> {
  const life = createLife();
  const desk: Desk = { world, practice, session: sessionOf(practice, person, world.now()), life, book, sequence: book.decided };
  const attempt = book.attempts.at(-1);
  // Between what was on screen and the press something may happen.
  await world.time.pause(world.draws.integer(1000, 120_000));
  const { draws } = world;
  switch (kind) {
    case 'send':
      if (draws.chance(0.06)) return press(desk, { act: 'authorization', answer: 'asked', at: at(desk) });
      return send(desk);
    case 'payer-decision':
      // At times it is sent all the same, which is refused.
      if (draws.chance(0.1)) return send(desk);
      if (draws.chance(0.25)) return press(desk, { act: 'authorization', answer: 'not-medically-necessary', at: at(desk) });
      return press(desk, { act: 'authorization', answer: 'approved', number: `A-${world.newId()}`, at: at(desk) });
    case 'payer-denial':
      if (draws.chance(0.5)) return press(desk, { act: 'ended', how: 'patient-declined', reason: 'The payer does not pay for it' });
      return press(desk, { act: 'authorization', answer: 'approved', number: `A-${world.newId()}`, at: at(desk) });
    case 'answer':
      return draws.chance(0.1) ? send(desk) : call(desk);
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
    case 'confirm-visit': {
      // At times they do not say of which office, which is refused where it may be of several.
      const before = draws.chance(0.5) ? stillWithByBook(book)[0] : undefined;
      const of = before ?? (draws.chance(0.5) ? book.attempts.length : undefined);
      const when = at(desk, draws.integer(0, HOUR_MS));
      return press(desk, { act: draws.chance(0.75) ? 'seen' : 'missed', at: when, ...(of ? { attempt: of } : {}) });
    }
    case 'rebook':
      if (draws.chance(0.15)) return press(desk, { act: 'cancel-requested', reason: 'Does not want to go', at: at(desk) });
      return press(desk, { act: 'booked', startsAt: someDay(desk), at: at(desk) });
    case 'note': {
      // The patient was seen, and nothing comes: another is to answer.
      if (draws.chance(0.12)) return callOff(desk, 0.95);
      const before = notesByBook(book)[0];
      // On paper, or by the fax server of the practice, which reads whose it is.
      if (before && draws.chance(0.5))
        return press(desk, { act: 'note', form: 'final', at: at(desk, draws.integer(0, DAY_MS)), attempt: before });
      if (draws.chance(0.5) && attempt) return world.notes.fax(practice, book, attempt.npi);
      return press(desk, { act: 'note', form: draws.chance(0.85) ? 'final' : 'interim', at: at(desk, draws.integer(0, DAY_MS)) });
    }
    case 'reroute':
      return ask(desk);
    case 'confirm-cancellation': {
      const before = [...stillWithByBook(book), ...toLetGoByBook(book, world.now())][0];
      if (before && (!attempt?.askedToCancel || draws.chance(0.7)))
        return press(desk, { act: 'cancel-confirmed', at: at(desk), attempt: before });
      if (book.order !== 'active' || closedByBook(book) || draws.chance(0.6)) return press(desk, { act: 'cancel-confirmed', at: at(desk) });
      return ask(desk);
    }
    case 'perhaps-sent':
    case 'not-sent':
      return findOut(desk, kind);
    case 'check-on-patient':
    case 'answer-patient':
      return press(desk, { act: 'patient-heard' });
    case 'match-report': {
      const [reportId] = [...book.reports].find(([, { attempt: of }]) => of === undefined) ?? [];
      if (reportId === undefined || !attempt) return undefined;
      if (draws.chance(0.2)) return press(desk, { act: 'refuse-report', reportId, reason: 'Of another visit' });
      return press(desk, { act: 'link-report', reportId, attempt: book.attempts.length });
    }
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
