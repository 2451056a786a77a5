/**
 * A mail of ours that came back, as a report of its delivery (RFC 3464): the mail server had taken it, and the office, or the patient, has not got it. It is on
 * record with its transmission, and somebody's to see to.
 */
import { MESSAGE_TOPICS } from '@refloop/domain/patient/messages';
import type { Actor } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import { ok } from '@refloop/domain/result';
import { z } from 'zod';
import { FAX_BY_MAIL } from '../channels/fax-by-mail.ts';
import { isLetterOwed, letterWords, OFFICE_MAIL, OFFICE_NEWS } from '../channels/office-mail.ts';
import { Transmission, transmissionFact } from '../channels/packet-effect.ts';
import { PATIENT_MAIL, PATIENT_MAIL_WHAT } from '../channels/patient-mail.ts';
import { raiseEffectObligation, settleEffectObligations } from '../outbox/effect-obligation.ts';
import { applyDecision, lookAgain, readReferral } from '../services/referral-log.ts';
import type { StoredEffect } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import type { ReturnedMail } from './read-file.ts';

const WHAT: Readonly<Record<string, string>> = {
  [OFFICE_MAIL]: letterWords(undefined),
  [FAX_BY_MAIL]: 'The fax to the specialist’s office',
  [PATIENT_MAIL]: PATIENT_MAIL_WHAT,
};

const Letter = z.object({ transmission: Transmission, news: z.enum(OFFICE_NEWS).optional() });

/** What the second number of a status tells (RFC 3463 §3). */
const SUBJECTS: Readonly<Record<string, string>> = {
  '1': 'the address is not right',
  '2': 'the mailbox takes no mail',
  '3': 'the mail system there did not take it',
  '4': 'no way to the mail server there was found',
  '5': 'the mail servers did not understand each other',
  '6': 'what it holds was not taken',
  '7': 'the mail system there does not let it in',
};

function reasonOf(status: string): string {
  const subject = SUBJECTS[status.split('.')[1] ?? ''];
  const told = [subject, status === '' ? undefined : `status ${status}`].filter((each) => each !== undefined);
  return told.length === 0 ? 'It came back.' : `It came back: ${told.join(', ')}.`;
}

const ToPatient = z.object({ topic: z.enum(MESSAGE_TOPICS) });

/** The patient has not got it: as with a text that did not leave, somebody tells them otherwise while the order is in force. */
async function patientMailCameBack(
  unit: Unit,
  effect: StoredEffect,
  { detail, actor, at }: { detail: string; actor: Actor; at: string },
): Promise<void> {
  const { id, referralId } = effect;
  const { topic } = ToPatient.parse(effect.content);
  const told = { kind: 'patient-messaged', messageId: id, topic, channel: 'email', outcome: 'failed' } as const;
  await applyDecision(unit, referralId, actor, at, (referral) => ok(observe(referral, { ...told, at, key: `outbox/${id}/came-back` }, at)));
  const referral = await readReferral(unit, referralId);
  if (referral?.order.status === 'active')
    // Its link is forgotten: it is not sent again, and a person reaches the patient.
    await raiseEffectObligation(unit, referral, effect, {
      kind: 'came-back',
      what: PATIENT_MAIL_WHAT,
      detail,
      now: at,
      byPersonOnly: true,
    });
  await lookAgain(unit, referralId, at);
}

/**
 * @returns whose mail it was; undefined where it is none of ours; `later` while it is not on record that it was sent, for what is said of it then
 *   would be written over
 */
export async function takeReturnedMail(
  unit: Unit,
  { mails, failed }: ReturnedMail,
  actor: Actor,
  at: string,
): Promise<{ referralId: string; patientId: string; effectId: string } | 'later' | undefined> {
  for (const id of mails) {
    const effect = await unit.outbox.get(id);
    const what = effect && WHAT[effect.kind];
    const before = effect && (await readReferral(unit, effect.referralId));
    if (!effect || !before || what === undefined) continue;
    const { referralId, standing } = effect;
    if (standing.status === 'begun' || standing.status === 'waiting') return 'later';
    const whose = { referralId, patientId: before.patientId, effectId: id };
    const detail = reasonOf(failed ?? '');
    // The same report again, or one of a mail that is somebody's already, changes nothing.
    if (failed === null || !(await unit.outbox.comeBack(id, { detail, at }))) return whose;
    await settleEffectObligations(unit, effect, at);
    if (effect.kind === PATIENT_MAIL) {
      await patientMailCameBack(unit, effect, { detail, actor, at });
      return whose;
    }
    const letter = Letter.parse(effect.content);
    const { transmission, news } = letter;
    // News that came back says nothing of the packet before it.
    const fact = news === undefined && transmissionFact(transmission, { kind: 'failed', detail }, { at, receipt: 'taken-on' });
    if (fact) await applyDecision(unit, referralId, actor, at, (referral) => ok(observe(referral, fact, at)));
    const referral = await readReferral(unit, referralId);
    if (referral && isLetterOwed(referral, letter))
      await raiseEffectObligation(unit, referral, effect, {
        kind: 'came-back',
        what: news === undefined ? what : letterWords(news),
        detail,
        now: at,
        // Its link is forgotten: whoever sees to it tells the office themselves.
        byPersonOnly: news !== undefined,
      });
    await lookAgain(unit, referralId, at);
    return whose;
  }
  return undefined;
}
