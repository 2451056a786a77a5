/** Days and languages as a card says them; the same on every machine, so no locale data is asked. */
import type { Day } from '../instant.ts';
import languageNames from './language-names.json' with { type: 'json' };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `2026-11-03` as "3 Nov 2026". */
export const plainDay = (day: Day): string => `${Number(day.slice(8, 10))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;

/** An instant as "3 Nov 2026, 09:41 UTC": where it is told to somebody of whose clock nothing is known. */
export const plainUtc = (instant: string): string => `${plainDay(instant.slice(0, 10))}, ${instant.slice(11, 16)} UTC`;

/** `2026-11` as "Nov 2026". */
export const plainMonth = (month: string): string => `${MONTHS[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`;

const names: Readonly<Record<string, string>> = languageNames;

/** `es-MX` as `es`: for finding a clinician, the language counts and not the region. */
export const primaryLanguage = (tag: string): string => (tag.split('-')[0] ?? tag).toLowerCase();

/** The English name of a BCP-47 tag's language; the tag itself where the list has no name. */
export const languageName = (tag: string): string => names[primaryLanguage(tag)] ?? tag;

export const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
