/** The frame of every page of the EHR: title bar, who is signed in, and the sentence that nobody here is real. */
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { SandboxUser } from '../auth/users.ts';

/** A piece of a page; text put into it is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type PageOptions = {
  title: string;
  user?: SandboxUser;
  /** Which entry of the navigation is the current page. */
  current?: 'patients';
  /** A script of this server, by file name. */
  script?: string;
  /** Shown anew after so many seconds: what it tells is under way. */
  refreshSeconds?: number;
  /** Fills the window below the title bar, without margins: the page that frames the app. */
  full?: boolean;
};

export const SYNTHETIC_NOTICE = 'Sandbox EHR — synthetic patients';

const userMenu = (user: SandboxUser): Html => html`
  <div class="user">
    <span class="user-name">${user.name}</span>
    <span class="user-title">${user.title}</span>
    <form method="post" action="/sign-out"><button class="quiet" type="submit">Sign out</button></form>
  </div>`;

const navigation = (current: PageOptions['current']): Html => html`
  <nav aria-label="Main">
    <a href="/patients" ${current === 'patients' ? html`aria-current="page"` : ''}>Patients</a>
    <form method="post" action="/referral-center"><button class="nav-button" type="submit">Referral center</button></form>
    <a href="/clock">Clock</a>
  </nav>`;

/** A whole page. */
export const page = (options: PageOptions, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  ${options.refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${options.refreshSeconds}">`}
  <title>${options.title} · Sandbox EHR</title>
  <link rel="stylesheet" href="/chart/chart.css">
  <link rel="icon" href="/chart/icon.svg" type="image/svg+xml">
  ${options.script === undefined ? '' : html`<script src="/chart/${options.script}" defer></script>`}
</head>
<body class="${options.full ? 'full' : ''}">
  <a class="skip" href="#main">Skip to content</a>
  <header>
    <div class="title-bar">
    <span class="brand"><a href="/">Sandbox EHR</a></span>
    ${options.user ? navigation(options.current) : ''}
    ${options.user ? userMenu(options.user) : ''}
    </div>
    <p class="notice">${SYNTHETIC_NOTICE}. Nobody here is real, and nothing entered here reaches a patient.</p>
  </header>
  <main id="main" tabindex="-1">${body}</main>
</body>
</html>`;

/** A page for when something cannot be shown: what happened and what to do. */
export const messagePage = (options: {
  title: string;
  message: string;
  user?: SandboxUser;
  back?: { href: string; label: string };
}): Html =>
  page(
    { title: options.title, ...(options.user ? { user: options.user } : {}) },
    html`<section class="panel narrow">
      <h1>${options.title}</h1>
      <p>${options.message}</p>
      ${options.back ? html`<p><a class="button" href="${options.back.href}">${options.back.label}</a></p>` : ''}
    </section>`,
  );
