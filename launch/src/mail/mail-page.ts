/** The mails that offices and patients of the sandbox got, newest first, and the pages of a fax that came as a mail. */
import { html } from 'hono/html';
import { type Html, page } from '../chart/layout.ts';
import type { KeptMail } from './mail-server.ts';
import { withLinks } from './with-links.ts';

const one = ({ number, at, to, mail }: KeptMail): Html => html`
  <article class="panel" aria-label="Mail ${number}">
    <h2>${mail.subject ?? 'No subject'}</h2>
    <p>To ${to.join(', ')} · from ${mail.from?.address ?? 'nobody'} · <time datetime="${at.toISOString()}">${at.toISOString().replace('T', ' ').slice(0, 19)} UTC</time></p>
    <p class="mail-words">${withLinks((mail.text ?? '').trim())}</p>
    ${mail.attachments.map(({ filename }, place) => html`<p><a href="/mail/${number}/${place}">${filename ?? 'Attachment'}</a></p>`)}
  </article>`;

const faxForm: Html = html`
  <section class="panel">
    <h2>Fax to the practice</h2>
    <form method="post" action="/mail/faxes" enctype="multipart/form-data" class="office-act">
      <label>Pages, as a PDF <input type="file" name="pages" accept="application/pdf" required></label>
      <button class="primary" type="submit">Fax it</button>
    </form>
  </section>`;

/** @param told what became of a fax to the practice; undefined where nothing can be faxed */
export const mailPage = (mails: readonly KeptMail[], told: string | undefined): Html =>
  page(
    { title: 'Mails of the offices' },
    html`<section class="panel">
        <h1>Mails of the offices</h1>
        <p>What the sandbox’s Refloop sent to specialists’ offices, and to patients who said yes to e-mails, newest first. Faxes come here as mails with the pages attached. Nothing leaves this machine.</p>
        ${mails.length === 0 ? html`<p class="empty">Nothing has come yet. Send a packet from the worklist of a coordinator.</p>` : ''}
      <p role="status">${told ?? ''}</p>
      </section>
      ${told === undefined ? '' : faxForm}
      ${mails.map(one)}`,
  );
