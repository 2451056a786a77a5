/** Words that came from outside, as text with the addresses in them as links. */
import { html } from 'hono/html';
import type { Html } from '../chart/layout.ts';

const LINK = /(https?:\/\/\S+)/;

/** Everything is escaped. */
export const withLinks = (words: string): Html[] =>
  words.split(LINK).map((part) => (LINK.test(part) ? html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>` : html`${part}`));
