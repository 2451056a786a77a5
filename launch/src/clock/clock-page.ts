/** What the sandbox's clock shows, and by what it is moved. */
import { html } from 'hono/html';
import { type Html, page } from '../chart/layout.ts';
import type { ClockState } from './sandbox-clock.ts';

const plain = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });

const timeOf = (at: Date): Html => html`<time datetime="${at.toISOString()}">${plain.format(at)} UTC</time>`;

const DAY_MS = 86_400_000;
const days = (milliseconds: number): string => {
  const count = Math.round((milliseconds / DAY_MS) * 10) / 10;
  return count === 1 ? '1 day' : `${count} days`;
};

/** The spans on the page, and how long the longest takes at the usual speed. */
const SPANS = [
  { forward: 'PT1H', label: 'One hour' },
  { forward: 'P1D', label: 'One day' },
  { forward: 'P7D', label: 'Seven days' },
  { forward: 'P14D', label: 'Fourteen days' },
] as const;

const forms = (): Html => html`
  <form method="post" action="/clock" class="office-act" aria-label="Move the clock">
    ${SPANS.map(({ forward, label }) => html`<button type="submit" name="forward" value="${forward}">${label}</button>`)}
  </form>`;

const underWay = (state: ClockState, to: Date): Html => html`
  <p role="status">On its way to ${timeOf(to)}: ${days(to.getTime() - state.now.getTime())} to go. This page shows itself anew.</p>
  <form method="post" action="/clock" aria-label="Stop the clock"><button type="submit" name="halt" value="yes">Stop here</button></form>`;

/** @param told what became of what was asked for */
export const clockPage = (state: ClockState, told: string): Html =>
  page(
    { title: 'Clock', ...(state.run ? { refreshSeconds: 2 } : {}) },
    html`<section class="panel">
      <h1>Clock of the sandbox</h1>
      <p><strong>${timeOf(state.now)}</strong></p>
      <p>${state.aheadMilliseconds === 0 ? 'It is the clock of this machine.' : `It is ${days(state.aheadMilliseconds)} ahead of the clock of this machine.`} It
      goes forward only, for the charts here and for Refloop: deadlines, messages and links move with it. Nobody is signed out by it.</p>
      <p class="detail">${state.followers === 0 ? 'No Refloop goes by it just now.' : 'Refloop goes by it, and lives through each hour before the next.'}</p>
      <p role="status">${told}</p>
      <h2>Forward</h2>
      ${state.run ? underWay(state, state.run.to) : forms()}
      <p><a href="/patients">Patients</a> · <a href="/offices">Offices</a> · <a href="/mail">Mails and faxes</a></p>
    </section>`,
  );
