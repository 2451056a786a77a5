/** What must hold once everything had its time: nothing that anybody was told of is gone, and nothing that was approved has stopped halfway. */

import { FAX } from '@refloop/server/channels/fax-gateway';
import { NOTE_IN_ERROR, NoteInErrorContent } from '@refloop/server/channels/note-in-error';
import { OFFICE_MAIL } from '@refloop/server/channels/office-mail';
import { TEXT_MESSAGE } from '@refloop/server/channels/text-message';
import { isOpenByBook } from './book.ts';
import { isInError, noteOf, returned } from './ehr-watch.ts';
import type { Practice } from './practice.ts';
import { nameOfLeaving } from './what-leaves.ts';
import { ordersWritten, type World } from './world.ts';

/** Kinds that leave by a gateway, by how it names them. */
const LEAVES: Readonly<Record<string, string>> = { [OFFICE_MAIL]: 'mail', [FAX]: 'fax', [TEXT_MESSAGE]: 'text' };

/** Why what perhaps left was not asked for again, and a person was told of the doubt instead. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'It was too late to be of use.',
  'The order is not in force any more.',
  // Of a packet that may not leave any more: whether it left before is a person’s to find out.
  'The order is not in force.',
  'This specialist is not asked any more.',
  'The payer has not approved it yet.',
  'The payer denied it.',
  'The patient wants no more text messages there.',
  'A visit was booked meanwhile.',
  'Nobody is asked to see the patient any more.',
  'The visit is not booked any more.',
  'The time of the visit is over.',
  'The visit was moved meanwhile.',
  'The patient was seen.',
  'The patient has said how it was.',
  'The note that had shown the visit was taken off.',
]);

/** What stands in a chart of a note that answers nothing says that it was entered in error, or somebody is asked to take it out. */
async function judgeNotesInCharts({ watch, ehrs, store }: World, { scope }: Practice): Promise<void> {
  const asked = new Map<string, string>();
  await store.transaction(scope, async (unit) => {
    for (const id of await unit.outbox.ids()) {
      const effect = await unit.outbox.get(id);
      const about = NoteInErrorContent.safeParse(effect?.kind === NOTE_IN_ERROR ? effect.content : undefined);
      if (!effect || !about.success) continue;
      const { type, key } = about.data;
      const open = await unit.obligations.openOf(effect.referralId);
      if (open.some(({ content }) => (content as { effectId?: string }).effectId === id)) asked.set(`${type} ${key}`, id);
      else if (effect.standing.status === 'failed' || effect.standing.status === 'unknown')
        watch.tell('owner', `what is to be entered in error is ${effect.standing.status}, and is on nobody’s list`, effect.referralId);
    }
  });
  for (const held of ehrs.get(scope.tenant)?.all() ?? []) {
    const key = returned(held);
    const referralId = key?.split('/')[0] ?? '';
    const book = key === undefined ? undefined : watch.book(scope, referralId);
    if (key === undefined || !book) continue;
    const { reportId, linkedFor } = noteOf(book, key);
    const isLinked = book.reports.get(reportId)?.attempt !== undefined && linkedFor === (book.takenOff.get(reportId)?.times ?? 0);
    if (isLinked === !isInError(held)) continue;
    if (isLinked) watch.tell('lost', `${held.resourceType} of a note that is linked says that it was entered in error`, referralId);
    else if (!asked.has(`${held.resourceType} ${key}`))
      watch.tell('misfiled', `${held.resourceType} of a note that was taken off stands in the chart, and is on nobody’s list`, referralId);
  }
}

/** What goes to a patient is asked for a day ahead, and may wait for the morning besides. */
const AHEAD_MS = 2 * 86_400_000;

/** Further than any appointment lies ahead. */
const STOPPED_AFTER_MS = 50 * 86_400_000;

export async function verdict(world: World): Promise<void> {
  const { watch, acknowledged, practices, store } = world;
  const now = world.now().toISOString();
  for (const { scope, referralId, what, key } of acknowledged) {
    const book = watch.book(scope, referralId);
    if (!book) watch.tell('lost', `a referral is gone of which somebody was told (${what})`, referralId);
    else if (what === 'act' && !book.keys.has(key)) watch.tell('lost', `an act is gone of which somebody was told`, referralId);
    else if (what === 'approval' && book.approvals.size === 0)
      watch.tell('lost', 'an approval is gone of which its clinician was told', referralId);
  }
  for (const { scope } of practices) {
    await store.transaction(scope, async (unit) => {
      for (const id of await unit.outbox.ids()) {
        const effect = await unit.outbox.get(id);
        if (!effect) continue;
        const { standing, kind, key, referralId, askedAt, dueAt, lease } = effect;
        const left = LEAVES[kind];
        const times = left === undefined ? 0 : (world.leaves.left.get(nameOfLeaving(left, key)) ?? 0);
        // Taken on by the gateway, and then not taken at the other end.
        const came = left !== undefined && world.gateways.hasLeft(id);
        const finished = dueAt === null && lease === null;
        const isAhead = standing.status === 'waiting' && (dueAt ?? '') > now && Date.parse(now) - Date.parse(askedAt) < AHEAD_MS;
        if (!finished && !isAhead) watch.tell('lost', `an effect (${kind}) is still ${standing.status} at the end`, referralId);
        if (left === undefined) continue;
        if (standing.status === 'done' && times !== 1) watch.tell('lost', `a message is called sent and left ${times} times`, referralId);
        // Refused for good after a try of which nothing was heard: whoever is told asks the other end.
        const isRefused = standing.status === 'unknown' && / answered with (HTTP|status) 4/.test(standing.detail);
        if (left !== 'mail' && standing.status === 'unknown' && !isRefused && !OVERTAKEN.has(standing.detail))
          watch.tell('lost', `a message with a key is still in doubt: ${standing.detail}`, referralId);
        if ((standing.status === 'failed' || standing.status === 'left-out') && came)
          watch.tell('lost', `a ${kind} left that is called ${standing.status}: ${standing.detail}`, referralId);
        if (standing.status !== 'unknown' && standing.status !== 'failed') continue;
        const open = await unit.obligations.list({ status: 'open', referralId });
        const isOpen = open.some(({ content }) => (content as { effectId?: string }).effectId === id);
        if (!isOpen) watch.tell('owner', `a message is ${standing.status}, and is on nobody’s list`, referralId);
      }
    });
  }
  for (const book of watch.books()) {
    const { order, approvals, referralId } = book;
    const standing = [...approvals].filter(([, approval]) => approval.standing);
    const written = [...approvals.keys()].filter((id) => ordersWritten(world).has(id));
    if (written.length > 1) watch.tell('duplicate', `${written.length} approvals of one referral have an order in the chart`, referralId);
    const inForce = order === 'active' || order === 'ended' || order === 'revoked' || order === 'unsigned';
    if (inForce && !book.placedByHand && !standing.some(([id]) => written.includes(id)))
      watch.tell('lost', `it is ${order}, and no order stands in the chart`, referralId);
    if (order === 'none' && written.length > 0) watch.tell('lost', 'an order stands in the chart of an approval that does not', referralId);
  }
  for (const practice of practices) await judgeNotesInCharts(world, practice);
  // People have long done what they owe: what is open still is on its way, or has come to a stop.
  const since = new Date(world.now().getTime() - STOPPED_AFTER_MS).toISOString();
  for (const book of watch.books()) {
    if (isOpenByBook(book, world.now()) && book.lastAt < since)
      watch.tell('lost', `it is ${book.order} and has come to a stop`, book.referralId);
  }
}
