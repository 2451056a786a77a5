/** One order, with what decision support says of it while it is chosen or signed. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import type { Card, Cards } from '../cds/cds-client.ts';
import { isUnsigned } from '../fhir/order-signature.ts';
import { type BannerFacts, patientBanner } from './banner.ts';
import { type Html, page } from './layout.ts';
import { markdown } from './markdown.ts';
import { maySign } from './order-signing.ts';
import type { OrderRow } from './orders.ts';
import { orderAction, orderReason } from './orders-section.ts';
import { conceptText, dateText, patientName } from './wording.ts';

const INDICATORS: Record<Card['indicator'], string> = { info: 'Information', warning: 'Warning', critical: 'Critical' };

const linkForm = (link: Card['links'][number], address: string): Html => html`
  <form method="post" action="${address}/cards/launch">
    <input type="hidden" name="url" value="${link.url}">
    ${link.appContext === undefined ? '' : html`<input type="hidden" name="appContext" value="${link.appContext}">`}
    <button class="primary" type="submit">${link.label}</button>
  </form>`;

/** The order that is suggested goes along, so that what is taken is what was shown. */
const suggestionForm = (suggestion: Card['suggestions'][number], card: Card, address: string): Html => html`
  <form method="post" action="${address}/cards/suggestion">
    <input type="hidden" name="service" value="${card.service}">
    <input type="hidden" name="card" value="${card.uuid ?? ''}">
    <input type="hidden" name="suggestion" value="${suggestion.uuid ?? ''}">
    <input type="hidden" name="order" value="${JSON.stringify(suggestion.order)}">
    <button type="submit" title="${suggestion.description}">${suggestion.label}</button>
  </form>`;

const dismissForm = (card: Card, address: string): Html | string =>
  card.uuid === undefined
    ? ''
    : html`<form method="post" action="${address}/cards/dismissal">
        <input type="hidden" name="service" value="${card.service}">
        <input type="hidden" name="card" value="${card.uuid}">
        ${
          card.overrideReasons.length === 0
            ? ''
            : html`<select name="reason" aria-label="Why it is left aside">
                ${card.overrideReasons.map(({ system, code, display }) => html`<option value="${system}|${code}">${display}</option>`)}
              </select>`
        }
        <button type="submit">Leave aside</button>
      </form>`;

const cardArticle = (card: Card, address: string, user: SandboxUser): Html => html`
  <article class="cds-card cds-${card.indicator}">
    <p class="detail">${INDICATORS[card.indicator]} · ${card.source}</p>
    <h3>${card.summary}</h3>
    ${card.detail === undefined ? '' : html`<div class="cds-detail">${markdown(card.detail)}</div>`}
    <div class="cds-actions">
      ${card.links.map((link) => linkForm(link, address))}
      ${maySign(user) ? card.suggestions.map((each) => suggestionForm(each, card, address)) : ''}${dismissForm(card, address)}
    </div>
  </article>`;

function support(cards: Cards | undefined, address: string, user: SandboxUser): Html | string {
  if (!cards) return '';
  return html`<section class="panel" aria-labelledby="heading-cds">
    <h2 id="heading-cds">Decision support</h2>
    ${
      cards.kind === 'unanswered'
        ? html`<p class="empty">Decision support did not answer in time. The order can be worked on without it.</p>`
        : cards.cards.length === 0
          ? html`<p class="empty">Nothing to say about this order.</p>`
          : cards.cards.map((card) => cardArticle(card, address, user))
    }
  </section>`;
}

export const orderPage = (options: {
  user: SandboxUser;
  banner: BannerFacts;
  row: OrderRow;
  /** Undefined where nobody was asked: the order is neither chosen nor to be signed. */
  cards: Cards | undefined;
  today: Date;
}): Html => {
  const { patient } = options.banner;
  const { row, user } = options;
  const address = `/patients/${patient.id}/orders/${row.order.id}`;
  const facts = [
    dateText(row.order.authoredOn),
    isUnsigned(row.order) ? 'waits for a signature' : row.order.status,
    row.order.priority ?? 'routine',
    row.requester,
    row.performer === '' ? 'performer not chosen' : row.performer,
  ].filter((part) => part !== '');
  return page(
    { title: `${conceptText(row.order.code)}, ${patientName(patient)}`, user, current: 'patients' },
    html`${patientBanner(options.banner, options.today)}
      <p><a href="/patients/${patient.id}#orders">Back to the chart</a></p>
      <section class="panel">
        <h2>${conceptText(row.order.code)}</h2>
        <p>${orderReason(row)}</p>
        <p class="detail">${facts.join(' · ')}</p>
        ${orderAction(row, patient.id, user)}
      </section>
      ${support(options.cards, address, user)}`,
  );
};
