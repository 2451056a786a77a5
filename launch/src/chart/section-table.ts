/** A part of the chart as a table that scrolls sideways by itself where the window is narrow. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';
import type { SectionPage } from './sections.ts';

const table = (page: SectionPage): Html => html`
  <div class="table-scroll" role="group" aria-labelledby="heading-${page.id}" tabindex="0">
    <table>
      <thead><tr>${page.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
      <tbody>${page.rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;

/** The section within the chart: its newest rows, and a way to the rest. */
export const sectionPanel = (page: SectionPage, patientId: string): Html => html`
  <section class="panel" id="${page.id}" aria-labelledby="heading-${page.id}">
    <h2 id="heading-${page.id}">${page.heading} <span class="count">${page.total}</span></h2>
    ${page.rows.length === 0 ? html`<p class="empty">${page.empty}</p>` : table(page)}
    ${page.total > page.rows.length ? html`<p class="more"><a href="/patients/${patientId}/${page.id}">Show all ${page.total}</a></p>` : ''}
  </section>`;

/** The section on a page of its own. */
export const sectionList = (page: SectionPage, patientId: string, started: boolean): Html => html`
  <section class="panel" aria-labelledby="heading-${page.id}">
    <h2 id="heading-${page.id}">${page.heading} <span class="count">${page.total}</span></h2>
    ${page.rows.length === 0 ? html`<p class="empty">${page.empty}</p>` : table(page)}
    <nav class="paging" aria-label="Pages">
      ${started ? html`<a href="/patients/${patientId}/${page.id}">First page</a>` : ''}
      ${page.nextCursor === undefined ? '' : html`<a href="/patients/${patientId}/${page.id}?cursor=${encodeURIComponent(page.nextCursor)}">Next page</a>`}
    </nav>
  </section>`;
