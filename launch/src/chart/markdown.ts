/** The little of GitHub-flavoured Markdown that cards use: paragraphs, numbered lists, bold. All else is shown as it is written. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';

const unescaped = (text: string): string => text.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');

/** `**bold**` where neither asterisk is escaped. */
function inline(text: string): Html[] {
  const parts = text.split(/(?<!\\)\*\*/);
  // An odd part is between two marks; where the last mark is alone it is text.
  return parts.map((part, index) =>
    index % 2 === 1 && index < parts.length - 1
      ? html`<strong>${unescaped(part)}</strong>`
      : html`${unescaped(index % 2 === 1 ? `**${part}` : part)}`,
  );
}

export function markdown(text: string): Html[] {
  return text.split(/\n{2,}/).map((block) => {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    const items = lines.map((line) => /^\d+\. (.*)$/.exec(line)?.[1]);
    if (items.length > 0 && items.every((item) => item !== undefined))
      return html`<ol>${items.map((item) => html`<li>${inline(item)}</li>`)}</ol>`;
    return html`<p>${inline(lines.join(' '))}</p>`;
  });
}
