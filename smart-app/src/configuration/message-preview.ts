/** A message as whoever gets it reads it, but for what opens its link. */
import type { ConfigurationContent } from '@refloop/domain/configuration/configuration';
import type { SiteWords } from '@refloop/domain/configuration/templates';
import { MESSAGE_TOPICS, type MessageTopic, replyFor, textFor, type WordedReply } from '@refloop/domain/patient/messages';
import type { ConfigurationAnswer } from '@refloop/server/client/configuration';

/** Of the link, what opens something is left out. */
const SAMPLE = '…';
const SPECIALIST = 'Ana Example, MD';

const isTopic = (template: string): template is MessageTopic => (MESSAGE_TOPICS as readonly string[]).includes(template);

export function asItLeaves(
  { template, language, words }: SiteWords,
  { practice }: ConfigurationContent,
  about: ConfigurationAnswer,
): string {
  const sender = { practice: practice.name?.trim() || about.entry.name, phone: practice.phone?.trim() || about.entry.phone };
  if (template === 'office-mail')
    return words
      .replaceAll('{practice}', sender.practice)
      .replaceAll('{phone}', sender.phone)
      .replaceAll('{specialist}', SPECIALIST)
      .replaceAll('{link}', `${about.address}/office#${SAMPLE}`);
  if (isTopic(template)) return textFor(template, language, sender, `${about.address}/patient#${SAMPLE}`, words);
  return replyFor(template satisfies WordedReply, language, sender, words);
}
