/** What leaves by a gateway, judged as it leaves: in force, once, to whom it belongs, wanted, by day, and with nothing of the patient in a body. */
import type { OfficeNews } from '@refloop/server/channels/office-mail';
import type { Scope } from '@refloop/server/store/store';
import type { Book } from './book.ts';
import { type Case, QUESTION, REASON } from './chart.ts';
import { hourOf } from './wall-clock.ts';
import type { World } from './world.ts';

export type Leaving = {
  kind: 'mail' | 'fax' | 'text';
  scope: Scope;
  referralId: string;
  key: string;
  /** Of a letter that carries no packet: what it tells the office. */
  news?: OfficeNews | undefined;
};

/** What has begun to leave is not held back any more. */
const ON_ITS_WAY_MS = 60_000;

/** Hours of the clinic's wall between which a patient is written to (QUIET_HOURS of the domain, by another hand). */
const [FROM, UNTIL] = [9, 20];

/** What a body must not say: who it is, when they were born, what they have. */
const patientWords = ({ person }: Case): string[] => [
  person.family,
  person.given,
  person.born,
  person.recordNumber,
  REASON,
  QUESTION,
  'palpitation',
  'achycardia',
  'I47',
];

export type WhatLeaves = {
  /** @param words the body, with its subject @returns nothing: what is wrong is told */
  judge: (leaving: Leaving, words: string) => void;
  /** A packet goes to whom the attempt asks, of the patient whose referral it is, whole or answered for. */
  judgePacket: (leaving: Leaving, packet: { npi: string; recordNumber: string; lacking: readonly string[] }, number: string) => void;
  /** How often each message truly left, by kind and key of the effect. */
  left: ReadonlyMap<string, number>;
  byKind: () => Map<string, number>;
  /** Under a key that stands for nothing that was asked for. */
  unknown: (what: string) => void;
};

/** Under which somebody said why this attempt goes without a word on the payer's authorization. */
export const withoutAuthorization = ({ tenant }: Scope, { referralId, attempts }: Book): string =>
  `${tenant} ${referralId} ${attempts.length} authorization`;

/** R104: no packet leaves before it was said where the payer's authorization stands, or why it goes without. */
export function judgeAuthorization(world: World, scope: Scope, book: Book): void {
  if (!book.authorizationSaid && !world.answeredFor.has(withoutAuthorization(scope, book)))
    world.watch.tell('unapproved', 'a packet left, and nobody said whether the payer has to authorize it', book.referralId);
}

export const nameOfLeaving = (kind: string, key: string): string => `${kind} ${key}`;

export function createWhatLeaves(world: () => World): WhatLeaves {
  const left = new Map<string, number>();
  const told = (rule: string, words: string, { referralId }: Leaving): void => world().watch.tell(rule, words, referralId);

  function judgeText(leaving: Leaving, patientId: string): void {
    const { scope } = leaving;
    const { consents, now, practices } = world();
    const wanted = consents.standing(scope, patientId);
    if (wanted !== 'may-be-wanted') told('consent', `a text message left to somebody who ${wanted}`, leaving);
    const zone = practices.find((each) => each.scope.tenant === scope.tenant)?.timeZone ?? 'UTC';
    const hour = hourOf(now().toISOString(), zone);
    if (hour < FROM || hour >= UNTIL) told('consent', `a text message left at ${hour} o’clock of the clinic`, leaving);
  }

  return {
    left,
    unknown: (what) => world().watch.tell('duplicate', `a ${what} left under a key of its own`),
    byKind: () => {
      const counts = new Map<string, number>();
      for (const name of left.keys()) counts.set(name.split(' ')[0] ?? '', (counts.get(name.split(' ')[0] ?? '') ?? 0) + 1);
      return counts;
    },
    judge: (leaving, words) => {
      const { scope, referralId, kind, key, news } = leaving;
      const book = world().watch.book(scope, referralId);
      const recent = book !== undefined && world().now().getTime() - Date.parse(book.lastAt) < ON_ITS_WAY_MS;
      // An office that waits for a patient hears that nobody comes, also where the order is over by that.
      if (book?.order !== 'active' && !recent && news !== 'called-off')
        told('unapproved', 'a message left whose order is not in force', leaving);
      const times = (left.get(nameOfLeaving(kind, key)) ?? 0) + 1;
      left.set(nameOfLeaving(kind, key), times);
      if (times > 1) told('duplicate', `one message left ${times} times`, leaving);
      if (book && kind !== 'text' && news === undefined) judgeAuthorization(world(), scope, book);
      const given = book && world().cases.get(`${scope.tenant} ${book.patientId}`);
      if (!given) return;
      if (kind !== 'fax' && patientWords(given).some((word) => words.includes(word)))
        told('privacy', `the body of a ${kind} says something of the patient`, leaving);
      if (kind === 'text') judgeText(leaving, book.patientId);
    },
    judgePacket: (leaving, { npi, recordNumber, lacking }, number) => {
      const { scope, referralId, key } = leaving;
      const book = world().watch.book(scope, referralId);
      if (!book) return told('unapproved', 'a packet left of a referral that nobody knows', leaving);
      const given = world().cases.get(`${scope.tenant} ${book.patientId}`);
      if (given?.person.recordNumber !== recordNumber) told('privacy', 'a packet left with the chart of another patient', leaving);
      const asked = book.transmissionsTo.get(key);
      if (asked !== npi) told('unauthorized', 'a packet left to somebody else than was asked', leaving);
      if (world().faxOf(npi) !== number) told('unauthorized', 'a packet left to a number that is not the office’s', leaving);
      const answered = book.attempts.some(
        (attempt, at) => attempt.npi === npi && world().answeredFor.has(`${scope.tenant} ${referralId} ${at + 1}`),
      );
      if (lacking.length > 0 && !answered) told('unapproved', 'a packet left that lacks something nobody answered for', leaving);
    },
  };
}
