/** One patient's chart. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import { type BannerFacts, patientBanner } from './banner.ts';
import { type Html, page } from './layout.ts';
import type { OrderRow } from './orders.ts';
import { ordersPanel } from './orders-section.ts';
import { sectionList, sectionPanel } from './section-table.ts';
import type { SectionPage } from './sections.ts';
import { patientName } from './wording.ts';

const contents = (sections: SectionPage[]): Html => html`
  <nav class="contents" aria-label="Chart">
    <a href="#orders">Orders</a>
    ${sections.map((one) => html`<a href="#${one.id}">${one.heading}</a>`)}
  </nav>`;

export const chartPage = (options: {
  user: SandboxUser;
  banner: BannerFacts;
  orders: OrderRow[];
  sections: SectionPage[];
  today: Date;
}): Html => {
  const { patient } = options.banner;
  return page(
    { title: patientName(patient), user: options.user, current: 'patients' },
    html`${patientBanner(options.banner, options.today)}
      ${contents(options.sections)}
      ${ordersPanel(options.orders, patient.id, options.user)}
      <div class="columns">${options.sections.map((one) => sectionPanel(one, patient.id))}</div>`,
  );
};

/** One section in full, page by page. */
export const sectionPage = (options: {
  user: SandboxUser;
  banner: BannerFacts;
  section: SectionPage;
  started: boolean;
  today: Date;
}): Html => {
  const { patient } = options.banner;
  return page(
    { title: `${options.section.heading}, ${patientName(patient)}`, user: options.user, current: 'patients' },
    html`${patientBanner(options.banner, options.today)}
      <p><a href="/patients/${patient.id}">Back to the chart</a></p>
      ${sectionList(options.section, patient.id, options.started)}`,
  );
};
