/**
 * What tells the patient leaves by itself, written in the transaction of the event that asks for it: by the channel the patient consented to, with a
 * link of its own, by day. Where there is no such channel nothing is written, and the step stays a person’s.
 */

import { ownWords } from '@refloop/domain/configuration/templates';
import type { MessageTopic } from '@refloop/domain/patient/messages';
import { channelFor, sendAt, topicOf } from '@refloop/domain/patient/outreach';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { TEXT_MESSAGE, type TextMessage } from '../../channels/text-message.ts';
import { digest, newToken } from '../../sessions/token.ts';
import { effectId } from '../../store/outbox.ts';
import type { Unit } from '../../store/store.ts';
import { configurationIn } from '../configuration-in-force.ts';
import { expiryOf } from './patient-links.ts';

const DAY_MS = 86_400_000;

export type DueMessage = { topic: MessageTopic; key: string; at: string };

/** What the patient is to be told of what was just written. @param visitsBefore visits that were known already */
export function messagesFor(referral: Referral, happenings: readonly Happening[], visitsBefore: number, now: string): DueMessage[] {
  return happenings.flatMap(({ fact }): DueMessage[] => {
    if (fact.type === 'escalation-raised') {
      const topic = topicOf(fact.act);
      return topic === undefined ? [] : [{ topic, key: `${referral.id}/${fact.rule}/${fact.stage}`, at: now }];
    }
    // Of the first visit alone, the day after it was told of.
    return fact.type === 'patient-seen' && visitsBefore === 0
      ? [{ topic: 'rate', key: `${referral.id}/rate`, at: new Date(Date.parse(now) + DAY_MS).toISOString() }]
      : [];
  });
}

/**
 * @param happenings those that were just written, with what followed from them by itself
 * @param visitsBefore how often the patient had been seen before them
 * @param timeZone of the clinic, for quiet hours
 */
export async function tellPatient(
  unit: Unit,
  referral: Referral,
  happenings: readonly Happening[],
  { visitsBefore, timeZone, now }: { visitsBefore: number; timeZone: string; now: string },
): Promise<void> {
  const due = referral.order.status === 'active' ? messagesFor(referral, happenings, visitsBefore, now) : [];
  if (due.length === 0) return;
  const contact = await unit.patientContacts.get(referral.patientId);
  const channel = contact && channelFor(contact);
  // E-mail has no handler for patients yet: there a person does it.
  if (!contact || channel?.channel !== 'text') return;
  const { practice, templates } = await configurationIn(unit);
  for (const { topic, key, at } of due) {
    const link = newToken();
    const id = `message-${digest(key).slice(0, 32)}`;
    const { language } = contact;
    const words = ownWords(templates, topic, language);
    const content: TextMessage = {
      to: channel.to,
      topic,
      language,
      link,
      timeZone,
      ...(practice.name === null ? {} : { practice: practice.name }),
      ...(practice.phone === null ? {} : { phone: practice.phone }),
      ...(words === undefined ? {} : { words }),
    };
    // The same step asked for again has its message and its link already. Looked up without a lock: a page that is open holds the links.
    if (await unit.outbox.get(effectId(unit.scope, TEXT_MESSAGE, id))) continue;
    await unit.patientLinks.insert({
      id,
      tokenHash: digest(link),
      referralId: referral.id,
      madeBy: 'refloop',
      madeAt: now,
      expiresAt: expiryOf(now),
    });
    await unit.outbox.add({ referralId: referral.id, kind: TEXT_MESSAGE, key: id, askedAt: now, dueAt: sendAt(at, timeZone), content });
  }
}
