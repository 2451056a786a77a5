/** The phones of the sandbox's patients: what each got and wrote, and a form to write from one. */
import { html } from 'hono/html';
import { type Html, page } from '../chart/layout.ts';
import { withLinks } from '../mail/with-links.ts';
import type { KeptText } from './text-gateway.ts';

const timeOf = (at: Date): Html => html`<time datetime="${at.toISOString()}">${at.toISOString().replace('T', ' ').slice(0, 19)} UTC</time>`;

const one = ({ at, by, text }: KeptText): Html => html`
  <li class="text-message by-${by}"><p>${withLinks(text)}</p><p class="detail">${by === 'practice' ? 'The practice' : 'The patient'} · ${timeOf(at)}</p></li>`;

/** @param texts newest first; they are read from the oldest on */
const phonePanel = (phone: string, texts: readonly KeptText[]): Html => html`
  <section class="panel" aria-label="Phone ${phone}">
    <h2>${phone}</h2>
    <ol class="text-messages">${texts.toReversed().map(one)}</ol>
    <form method="post" action="/phone/replies" class="office-act">
      <input type="hidden" name="phone" value="${phone}">
      <label>Write to the practice from this phone <input type="text" name="text" maxlength="1000" required autocomplete="off"></label>
      <button type="submit">Send the text</button>
    </form>
  </section>`;

/** @param told what became of a text to the practice; undefined where there is no gateway */
export const phonePage = (texts: readonly KeptText[], told: string | undefined): Html =>
  page(
    { title: 'Phones of the patients' },
    html`<section class="panel">
        <h1>Phones of the patients</h1>
        <p>What the sandbox’s Refloop texted to patients, by phone, the latest phone first. Nothing leaves this machine. A link opens with the patient’s date of
        birth, which stands in their chart. Texts go only to who said yes to them: in the thread of a referral, on the patient’s page, or by texting START from here.</p>
        ${texts.length === 0 ? html`<p class="empty">${told === undefined ? 'This sandbox has no text messages.' : 'Nothing has come yet.'}</p>` : ''}
        <p role="status">${told ?? ''}</p>
        ${told === undefined ? '' : startForm}
      </section>
      ${[...Map.groupBy(texts, ({ phone }) => phone)].map(([phone, own]) => phonePanel(phone, own))}`,
  );

const startForm: Html = html`
  <form method="post" action="/phone/replies" class="office-act" aria-label="From another phone">
    <label>From the phone <input type="tel" name="phone" placeholder="+15105550123" pattern="\\+[0-9]{8,15}" required autocomplete="off"></label>
    <label>Text <input type="text" name="text" maxlength="1000" required autocomplete="off"></label>
    <button type="submit">Send the text</button>
  </form>`;
