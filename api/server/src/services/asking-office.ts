/**
 * What the practice has to say to a specialist's office leaves by itself where the packet went by mail, asked for in the transaction of its event:
 * what a step of the policy asks (R117, R148, R149), once for each office and step, and that a message waits. Where it went otherwise nothing
 * leaves: the step stays the person's whom it tells, and the message is read when the office opens its link.
 */
import type { Happening, ReferralEvent } from '@refloop/domain/referral/event';
import { endForOffice } from '@refloop/domain/referral/office-act';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Obligation } from '@refloop/domain/sla/due';
import { stageOf } from '@refloop/domain/sla/escalate';
import { type EscalationAct, stepWords } from '@refloop/domain/sla/escalation-steps';
import { OFFICE_MAIL, type OfficeMail, type OfficeNews, overtaken } from '../channels/office-mail.ts';
import { hasHeldNote } from '../inbound/held-note-of.ts';
import { digest } from '../sessions/token.ts';
import { effectId, type StoredEffect } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import { toJson } from './kept.ts';
import { letterBefore, oneMoreLink, wayTo } from './letter-before.ts';

type Asks = Extract<OfficeNews, 'receipt-asked' | 'note-asked' | 'note-due'>;

/** The steps that are a word to the office; the others tell somebody here or the patient, or are a call. */
const ASKS: Partial<Record<EscalationAct, Asks>> = {
  'ask-receipt': 'receipt-asked',
  'request-note': 'note-asked',
  'remind-specialist': 'note-due',
};

const ASKED_WORDS: Record<Asks, string> = {
  'receipt-asked': 'Receipt was asked for',
  'note-asked': 'The consult note was asked for',
  'note-due': 'The office was reminded of the consult note',
};

type Letter = { news: Asks | 'message'; attempt: number; key: string };

const keyOf = (...of: (string | number)[]): string => `letter-${digest(of.join('/')).slice(0, 32)}`;

/** Which letter an event asks for, wherever it could go. */
function letterOf(referralId: string, { fact, sequence }: Pick<ReferralEvent, 'fact' | 'sequence'>): Letter | undefined {
  if (fact.type === 'message-posted')
    return fact.from === 'practice' ? { news: 'message', attempt: fact.attempt, key: keyOf(referralId, 'message', sequence) } : undefined;
  return fact.type === 'escalation-raised' ? letterOfStep(referralId, fact) : undefined;
}

function letterOfStep(
  referralId: string,
  { rule, act, stage }: { rule: string; act: EscalationAct; stage: string },
): (Letter & { news: Asks }) | undefined {
  const news = ASKS[act];
  const [, attempt] = / attempt (\d+) /.exec(stage) ?? [];
  return news && attempt !== undefined ? { news, attempt: Number(attempt), key: keyOf(referralId, rule, attempt) } : undefined;
}

const MAKER = { subject: 'refloop', actor: { subject: 'refloop', fhirUser: null, sessionId: null } };

/** @param happenings those that were just written, the last of the referral, in order */
export async function askOffice(unit: Unit, referral: Referral, happenings: readonly Happening[], now: string): Promise<void> {
  const first = referral.lastSequence - happenings.length + 1;
  for (const [at, { fact }] of happenings.entries()) {
    const letter = letterOf(referral.id, { fact, sequence: first + at });
    if (letter) await ask(unit, referral, letter, now);
  }
}

async function ask(unit: Unit, referral: Referral, { news, attempt: number, key }: Letter, now: string): Promise<void> {
  const attempt = referral.attempts.find((each) => each.number === number);
  const sent = attempt && wayTo(attempt);
  if (!sent || (await unit.outbox.get(effectId(unit.scope, OFFICE_MAIL, key)))) return;
  const transmission = { attempt: number, transmissionId: sent.id };
  if (overtaken(referral, { transmission, news }) !== undefined) return;
  // A person looks at what the office has given already.
  if (news !== 'message' && (await hasHeldNote(unit, referral.id, number))) return;
  const letter = await letterBefore(unit, referral, sent);
  if (!letter) return;
  const link = await oneMoreLink(unit, MAKER, { id: key, referral, attempt, now: new Date(now) }, sent);
  const content: Omit<OfficeMail, 'link'> = { transmission, news, ...letter };
  const effect = { referralId: referral.id, kind: OFFICE_MAIL, key, askedAt: now, dueAt: now };
  await unit.outbox.add({ ...effect, content: toJson(content), secret: { link } });
}

/** It is on its way, or nobody knows that it is not. */
const isUnderWay = ({ standing }: StoredEffect): boolean => standing.status !== 'failed' && standing.status !== 'left-out';

/** Of a step that a machine carried out, or may have; undefined while its letter has not left. */
function carriedWords(news: Asks, { standing }: StoredEffect): string | undefined {
  if (standing.status === 'done') return `${ASKED_WORDS[news]}, by mail.`;
  return standing.status === 'unknown' ? `${ASKED_WORDS[news]}, by mail; whether it left is not known.` : undefined;
}

/** While the letter waits the step is the person’s: a mail server can be away for a day. */
const waitingWords = (rule: string, effect: StoredEffect): string | undefined =>
  isUnderWay(effect) ? `${stepWords(rule)} A letter to the office is on its way.` : undefined;

/** A step of a stage, as one name. */
export const stepKey = (rule: string, stage: string): string => `${rule} ${stage}`;

/** What a machine did or does of the steps of what is owed, in words, by `stepKey`: what it did nobody is asked to do again. */
export async function stepsCarried(unit: Unit, { id, escalations }: Referral, owed: readonly Obligation[]): Promise<Map<string, string>> {
  const stages = new Set(owed.map(stageOf));
  const carried = new Map<string, string>();
  for (const { rule, act, stage } of escalations) {
    const letter = stages.has(stage) ? letterOfStep(id, { rule, act, stage }) : undefined;
    const effect = letter && (await unit.outbox.get(effectId(unit.scope, OFFICE_MAIL, letter.key)));
    const words = effect && (carriedWords(letter.news, effect) ?? waitingWords(rule, effect));
    if (words !== undefined) carried.set(stepKey(rule, stage), words);
  }
  return carried;
}

/**
 * What became of a word to the office beyond its event, by the event's sequence: the step that a machine carried out, and of each message whether
 * a letter told of it.
 *
 * @param linked attempts whose office has a link
 */
export function wordsToOffice(
  referral: Referral,
  events: readonly ReferralEvent[],
  effects: readonly StoredEffect[],
  { linked, now }: { linked: ReadonlySet<number>; now: string },
): Map<number, string> {
  const shownTo = (attempt: number): string => {
    if (!linked.has(attempt)) return NO_LINK;
    return endForOffice(referral, attempt, now) === undefined ? READ_BY_LINK : NOT_SHOWN;
  };
  const letters = new Map(effects.filter(({ kind }) => kind === OFFICE_MAIL).map((effect) => [effect.key, effect]));
  return new Map(
    events.flatMap((event): [number, string][] => {
      const letter = letterOf(referral.id, event);
      const effect = letter && letters.get(letter.key);
      if (!letter) return [];
      if (letter.news !== 'message') {
        const words = effect && carriedWords(letter.news, effect);
        return words === undefined ? [] : [[event.sequence, words]];
      }
      if (effect && isUnderWay(effect)) return [[event.sequence, 'A letter tells the office that it waits.']];
      return [[event.sequence, shownTo(letter.attempt)]];
    }),
  );
}

const READ_BY_LINK = 'No letter tells the office: it sees this when it opens its link.';
/** Once it is over for them, or put on hold, their page says that alone. */
const NOT_SHOWN = 'The office’s page shows no messages now: if they have not read this, tell them yourself.';
const NO_LINK = 'The office has no link that shows it: tell them yourself.';
