/** How patient and office are reached and what was tried already, in the words of whoever is about to call. */
import type { Thread } from '@refloop/server/client/thread';

type Reach = Thread['reach'];

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const LANGUAGES = { en: 'English', es: 'Spanish' } as const;

/** @param at says an instant in the reader's words */
export function patientTried(
  { phone, phoneFrom, messages, calls, texts, language, locked }: Reach['patient'],
  at: (instant: string) => string,
): string[] {
  const since = (lastAt: string | null): string => (lastAt === null ? '' : `, last ${at(lastAt)}`);
  const left = messages.sent + messages.failed + messages.unknown;
  const doubts = [
    messages.failed > 0 ? `${messages.failed} did not leave` : '',
    messages.unknown > 0 ? `of ${messages.unknown} nobody knows` : '',
  ].filter(Boolean);
  return [
    phone === '' ? '' : phoneFrom === 'patient' ? 'as they told us' : 'from the chart',
    language === null ? '' : `speaks ${LANGUAGES[language]}`,
    left === 0
      ? { unknown: 'no texts: not asked yet whether they want any', withdrawn: 'wants no texts', given: 'no text yet' }[texts]
      : `written to by Refloop ${times(left)}${since(messages.lastAt)}${doubts.length > 0 ? ` (${doubts.join(', ')})` : ''}${texts === 'withdrawn' ? '; wants no more' : ''}`,
    calls.made === 0 ? 'not called yet' : `called or written to by us ${times(calls.made)}${since(calls.lastAt)}`,
    locked ? 'their link is locked after five wrong dates of birth: check the one in the chart, and give them a new handout' : '',
  ].filter(Boolean);
}

export function officeTried({ sendings, fax, openedAt, locked }: NonNullable<Reach['office']>, at: (instant: string) => string): string[] {
  const { made, arrived, failed, lastAt } = sendings;
  const became = [arrived > 0 ? `arrived ${times(arrived)}` : '', failed > 0 ? `failed ${times(failed)}` : ''].filter(Boolean);
  return [
    fax === '' ? '' : `fax ${fax}`,
    made === 0
      ? 'nothing sent yet'
      : `sent ${times(made)}${lastAt === null ? '' : `, last ${at(lastAt)}`}${became.length > 0 ? ` (${became.join(', ')})` : ''}`,
    openedAt === null ? '' : `opened by the office ${at(openedAt)}`,
    locked ? 'its link is locked after five wrong NPIs: call them, and send it anew' : '',
  ].filter(Boolean);
}
