/** The page that shows an app inside the EHR, the way a vendor does: in a sandboxed frame of another site, under the EHR's own banner. */
import { html } from 'hono/html';
import type { SandboxUser } from '../auth/users.ts';
import { type BannerFacts, patientBanner } from './banner.ts';
import { type Html, page } from './layout.ts';

/** The attributes athenahealth frames apps with, as smart-launcher-v2 mirrors them: no navigation of the top window. */
export const FRAME_SANDBOX =
  'allow-forms allow-modals allow-pointer-lock allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts allow-downloads';

export const appPage = (options: {
  user: SandboxUser;
  app: string;
  /** The launch URL with iss and a fresh handle. */
  url: string;
  /** Where the page goes when the app is done or is closed. */
  back: string;
  banner?: BannerFacts;
  today: Date;
}): Html =>
  page(
    { title: options.app, user: options.user, script: 'app-frame.js', full: true },
    html`${options.banner ? patientBanner(options.banner, options.today) : html`<h1 class="hidden">Referral center</h1>`}
      <div class="app-bar">
        <span>${options.app}</span>
        <a class="button" href="${options.back}">Close</a>
      </div>
      <iframe class="app" title="${options.app}" src="${options.url}" sandbox="${FRAME_SANDBOX}" allow="clipboard-write" data-back="${options.back}"></iframe>`,
  );
