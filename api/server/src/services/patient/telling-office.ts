/**
 * What the patient does on their page is told to the specialist's office, asked for in the transaction of the event: by one more letter with a
 * link of its own, to the address to which the packet went; by the Task in the EHR, where that is how it went and the Task moves. Everywhere else
 * it is a coordinator's to tell, who has it on the worklist (channels/office-mail.ts).
 */
import { askedNow, type PatientActName } from '@refloop/domain/referral/patient-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { taskMoves } from '@refloop/domain/referral/task-standing';
import { unreachable } from '@refloop/domain/result';
import { OFFICE_MAIL, type OfficeMail, type OfficeNews } from '../../channels/office-mail.ts';
import type { ToldBy } from '../../client/patient.ts';
import { digest } from '../../sessions/token.ts';
import { effectId } from '../../store/outbox.ts';
import type { Unit } from '../../store/store.ts';
import { toJson } from '../kept.ts';
import { letterBefore, mailLane, nothingLeft, oneMoreLink, wayTo } from '../letter-before.ts';
import { linkSecret } from '../office-links.ts';

function newsOf(act: PatientActName): OfficeNews | undefined {
  switch (act) {
    case 'book':
      return 'booked';
    case 'cancel':
    case 'choose':
    case 'decline':
      return 'called-off';
    case 'other-date':
    case 'seen':
    case 'rate':
      return undefined;
    default:
      return unreachable(act);
  }
}

/** Stands for the transmission of an office that was asked in no way that is on record. */
const NEVER_SENT = 'never-sent';

/**
 * @param before the referral as it stood before the act
 * @param key of the event: the same press twice asks for one letter
 * @param by which link of the patient it was done
 * @param publicUrl what links to offices begin with
 * @returns who tells the office; null where it has nothing to hear
 */
export async function tellOffice(
  unit: Unit,
  {
    before,
    after,
    act,
    key: pressed,
    by,
    publicUrl,
    now,
  }: { before: Referral; after: Referral; act: PatientActName; key: string; by: string; publicUrl: string; now: Date },
): Promise<ToldBy | null> {
  const news = newsOf(act);
  // Whoever was asked until another was chosen hears of it, not the other.
  const until = act === 'choose' ? askedNow(before)?.number : askedNow(after)?.number;
  const attempt = after.attempts.find(({ number }) => number === until);
  if (act === 'choose' && attempt?.transmissions.length === 0) return null;
  if (!news || !attempt) return null;
  const key = `news-${digest(pressed).slice(0, 32)}`;
  const asked = await unit.outbox.get(effectId(unit.scope, OFFICE_MAIL, key));
  if (asked) return (asked.content as Pick<OfficeMail, 'to'>).to === null ? 'clinic' : 'refloop';
  if (news === 'called-off' && (await nothingLeft(unit, after.id, attempt))) return null;
  const sent = wayTo(attempt);
  const moved = taskMoves(before, after).some(({ attempt: number }) => number === attempt.number);
  const isPressedAgain = after.lastSequence === before.lastSequence;
  if (sent?.channel === 'fhir' && (moved || isPressedAgain)) return 'refloop';
  if (isPressedAgain) return null;
  const at = now.toISOString();
  const letter = sent && (await letterBefore(unit, after, sent));
  // A visit that stands for an order that is over is on the worklist as that already (still-booked.ts).
  if (!letter && act === 'decline') return null;
  const content: Omit<OfficeMail, 'link'> = {
    transmission: { attempt: attempt.number, transmissionId: sent?.id ?? NEVER_SENT },
    news,
    ...(letter ?? { to: null, practice: '', specialist: attempt.performer.display, callback: '' }),
  };
  const effect = { referralId: after.id, kind: OFFICE_MAIL, key, askedAt: at, dueAt: at };
  if (!letter) {
    await unit.outbox.add({ ...effect, content: toJson({ ...content, link: '' }) });
    return 'clinic';
  }
  const maker = { subject: 'refloop', actor: { subject: `patient-link ${by}`, fhirUser: null, sessionId: null } };
  const link = await oneMoreLink(unit, maker, { id: key, referral: after, attempt, now }, sent);
  const afterPacket = news === 'called-off' ? { lane: mailLane(sent.id), place: 2 } : {};
  await unit.outbox.add({ ...effect, ...afterPacket, content: toJson(content), secret: linkSecret(publicUrl, link) });
  return 'refloop';
}
