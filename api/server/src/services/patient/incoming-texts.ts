/**
 * A text message of a patient, as the gateway hands it over. What may be an emergency is answered with the fixed words and becomes an alert to the
 * staff, and nothing else is done with it (R77, R78). STOP and START are heeded at once. Everything else is a word for a person.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ownWords } from '@refloop/domain/configuration/templates';
import { emergencyIn } from '@refloop/domain/patient/emergency';
import { keywordIn } from '@refloop/domain/patient/keywords';
import { type Reply, replyFor } from '@refloop/domain/patient/messages';
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { reachedAt } from '@refloop/domain/patient/proxy';
import { LANGUAGES, type Language } from '@refloop/domain/patient/reading-grade';
import type { Actor } from '@refloop/domain/referral/event';
import { textReceived } from '@refloop/domain/referral/patient-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { IncomingText, type TextAnswer } from '../../client/patient.ts';
import { problem, type Refusal } from '../../problem.ts';
import { type Site, scopeOf } from '../../sites.ts';
import type { Store, Unit } from '../../store/store.ts';
import { configurationIn, practiceBy } from '../configuration-in-force.ts';
import { applyDecision, withRetry } from '../referral-log.ts';
import { changeConsentAt } from './patient-consent.ts';
import { type PersonByNumber, peopleByNumber } from './people-by-number.ts';
import { raiseUnknownNumber } from './unknown-number.ts';

export type IncomingTextService = {
  /** @param signature `t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>" in hex>`, by the secret of the site's gateway */
  /** @param machineTime by which a signature ends; `now` unless told */
  receive: (signature: string, bytes: Uint8Array, now: Date, machineTime?: Date) => Promise<TextAnswer | Refusal>;
};

/** What is older was recorded and played again. */
const TOLERANCE_MS = 5 * 60_000;

const notSigned = (): Refusal =>
  problem('signature-refused', 'The signature is none of a gateway of a site here, or is too old. Nothing was kept.');

function isSigned(secret: string, signature: string, bytes: Uint8Array, machineTime: Date): boolean {
  const [, seconds, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (seconds === undefined || given === undefined) return false;
  if (Math.abs(machineTime.getTime() - Number(seconds) * 1000) > TOLERANCE_MS) return false;
  const made = createHmac('sha256', secret).update(`${seconds}.`).update(bytes).digest();
  return timingSafeEqual(made, Buffer.from(given, 'hex'));
}

/** What two patients of one number write is a fact of each of their referrals. */
const factKeyOf = (id: string, { id: referralId }: Pick<Referral, 'id'>): string => `text/${id}/${referralId}`;

const ACTOR: Actor = { kind: 'patient', link: null, as: 'patient' };

/** On the referral of each whose number it is. @returns whether anybody here will read it */
async function put(
  unit: Unit,
  people: readonly PersonByNumber[],
  meaning: 'emergency' | 'message',
  { id, text }: IncomingText,
  now: string,
): Promise<boolean> {
  let isKept = false;
  for (const { referral } of people) {
    if (!referral) continue;
    const key = factKeyOf(id, referral);
    await applyDecision(unit, referral.id, ACTOR, now, (current) =>
      ok(current.factKeys.includes(key) ? [] : textReceived(meaning, text, key, now)),
    );
    isKept = true;
  }
  return isKept;
}

const inBoth = (words: (language: Language) => string): string => LANGUAGES.map(words).join(' ');

export function createIncomingTextService({ store, sites }: { store: Store; sites: readonly Site[] }): IncomingTextService {
  async function answer(unit: Unit, site: Site, incoming: IncomingText, now: string): Promise<TextAnswer> {
    const number = phoneNumber(incoming.from);
    const people = number === undefined ? [] : await peopleByNumber(unit, number, now);
    const contacts = people.flatMap(({ contact }) => contact ?? []);
    // Of whoever’s number it is: the patient’s, or who acts for them.
    const here = contacts.flatMap((contact) => (number === undefined ? [] : reachedAt(contact, 'text', number)));
    const language = here[0]?.language ?? contacts[0]?.language;
    const configuration = await configurationIn(unit);
    const sender = practiceBy(configuration, unit, site.phone ?? '');
    const replyIn = (reply: Reply, spoken: Language): string =>
      replyFor(reply, spoken, sender, reply === 'emergency' ? undefined : ownWords(configuration.templates, reply, spoken));
    const say = (reply: Reply): TextAnswer => ({ reply: replyIn(reply, language ?? 'en') });
    // Of whom nothing is known the language is not known either.
    const sayToAnyone = (reply: Reply): TextAnswer =>
      language === undefined ? { reply: inBoth((each) => replyIn(reply, each)) } : say(reply);
    if (emergencyIn(incoming.text) !== undefined) {
      if (!(await put(unit, people, 'emergency', incoming, now))) await raiseUnknownNumber(unit, incoming, site.admins, now);
      return sayToAnyone('emergency');
    }
    const keyword = keywordIn(incoming.text);
    if (keyword === 'help') return say('help');
    if (keyword === undefined) return (await put(unit, people, 'message', incoming, now)) ? say('not-read') : sayToAnyone('not-kept');
    const given = keyword === 'start';
    // What another number of theirs gets is not begun or ended from this one.
    const reachedHere = number === undefined ? [] : contacts.filter((contact) => reachedAt(contact, 'text', number).length > 0);
    if (number === undefined || (given && reachedHere.length === 0)) return sayToAnyone('not-kept');
    let isGiven = false;
    for (const contact of reachedHere) {
      const key = `text/${incoming.id}`;
      const change = { channel: 'text', given, by: 'patient', actor: ACTOR, now, key } as const;
      const after = await changeConsentAt(unit, contact, number, change);
      // Of one that came before another word of theirs, what is so since is told: to a number that two share, whether any text still leaves.
      isGiven ||= reachedAt(after, 'text', number).some(({ text }) => text.consent.status === 'given');
    }
    return say(isGiven ? 'started' : 'stopped');
  }

  return {
    receive: async (signature, bytes, now, machineTime = now) => {
      const site = sites.find(
        ({ textMessages }) => textMessages !== undefined && isSigned(textMessages.secret, signature, bytes, machineTime),
      );
      if (!site) return notSigned();
      let json: unknown;
      try {
        json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      } catch {
        json = undefined;
      }
      const read = IncomingText.safeParse(json);
      if (!read.success) {
        return problem('invalid-request', 'The message has another form than is described here.', [
          { field: 'body', message: 'Not {"id", "from", "text"}', fix: 'Send the id of the message, the sender’s number and its text.' },
        ]);
      }
      const at = now.toISOString();
      return withRetry(() =>
        store.transaction(scopeOf(site), async (unit) => {
          const answered = await answer(unit, site, read.data, at);
          await unit.audit.append({
            at,
            actor: { subject: 'text-gateway', fhirUser: null, sessionId: null },
            action: 'text-message.received',
            purpose: 'TREAT',
            payload: { id: read.data.id, answered: answered.reply },
          });
          return answered;
        }),
      );
    },
  };
}
