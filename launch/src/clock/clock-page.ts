/** What the sandbox's clock shows, and by what it is moved. */
import { html } from 'hono/html';
import { type Html, page } from '../chart/layout.ts';
import type { PlayedAct } from '../players/played.ts';
import type { Players } from '../players/players.ts';
import type { ClockState } from './sandbox-clock.ts';

const plain = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });

const short = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

const timeOf = (at: Date, form = plain): Html => html`<time datetime="${at.toISOString()}">${form.format(at)} UTC</time>`;

const DAY_MS = 86_400_000;
const days = (milliseconds: number): string => {
  const count = Math.round((milliseconds / DAY_MS) * 10) / 10;
  return count === 1 ? '1 day' : `${count} days`;
};

/** Any other does as well. */
const DEFAULT_SEED = 'fortnight-69';

/** The spans on the page. */
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

const playForm: Html = html`
  <h2>Play</h2>
  <p>Specialists’ offices answer by themselves while the clock goes, by their EHR, by the link of a mail or by fax: some decline, some say nothing, some send their
  note. Patients read their texts, and book, cancel or say how it was. The practice’s own people do what they owe, where you let them: the coordinator works on the
  worklist, the clinician reviews notes. Nobody approves a referral. How often and how fast is that of the simulated practice. The same seed draws the same.</p>
  <form method="post" action="/clock" class="office-act" aria-label="Play">
    <label>Seed <input type="text" name="play" value="${DEFAULT_SEED}" required maxlength="80"></label>
    <label class="check"><input type="checkbox" name="staff" value="yes" checked> The practice’s own people too</label>
    <button class="primary" type="submit" name="forward" value="P14D">Play fourteen days</button>
  </form>`;

const BY: Readonly<Record<PlayedAct['by'], string>> = {
  task: 'its own EHR',
  link: 'the link they got',
  fax: 'fax',
  phone: 'text',
  refloop: 'Refloop',
};

const WORDS: Record<string, string> = {
  accept: 'accepted',
  decline: 'declined',
  book: 'booked',
  'no-show': 'said that the patient did not come',
  seen: 'said that the patient was seen',
  note: 'sent the note',
  'offer-dates': 'offered dates',
  'confirm-cancellation': 'confirmed that it is called off',
  'patient-book': 'took a date',
  'patient-cancel': 'called off the visit',
  'patient-other-date': 'asked for another date',
  'patient-decline': 'declined',
  'patient-seen': 'said “I was seen”',
  'patient-rate': 'said how it was',
  stop: 'wrote STOP',
  'send-by-fax': 'sent a packet by fax',
  'send-by-mail': 'sent a packet by mail',
  'send-by-fhir': 'sent a packet to an EHR',
  call: 'called an office that is late',
  'call-off': 'told an office to stop: no answer',
  'hear-that-it-is-off': 'heard that it is called off',
  'ask-another': 'asked another specialist',
  'hear-patient': 'saw to what a patient wrote',
  'patient-wants-texts': 'heard that a patient wants texts',
  'patient-wants-none': 'heard that a patient wants no texts',
  'put-answer-on-record': 'put a faxed answer on record',
  'place-note': 'matched a held note',
  'review-note': 'reviewed a note',
};

const playedTable = (players: Players): Html => html`
  <section class="panel">
    <h2>What was played</h2>
    ${
      players.played().length === 0
        ? html`<p class="empty">Nothing yet.</p>`
        : html`<p>Synthetic: players of the sandbox did it, nobody real.</p>
          <div class="table-scroll" role="group" aria-label="What was played" tabindex="0"><table>
            <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">By</th></tr></thead>
            <tbody>${players
              .played()
              .map(
                ({ at, who, act, by }) =>
                  html`<tr><td>${timeOf(at, short)}</td><td>${who}</td><td>${WORDS[act] ?? act}</td><td>${BY[by]}</td></tr>`,
              )}</tbody>
          </table></div>`
    }
  </section>`;

const underWay = (state: ClockState, to: Date): Html => html`
  <p role="status">On its way to ${timeOf(to)}: ${days(to.getTime() - state.now.getTime())} to go. This page shows itself anew.</p>
  <form method="post" action="/clock" aria-label="Stop the clock"><button type="submit" name="halt" value="yes">Stop here</button></form>`;

/** @param told what became of what was asked for */
export const clockPage = (state: ClockState, players: Players | undefined, told: string): Html =>
  page(
    { title: 'Clock', ...(state.run ? { refreshSeconds: 2 } : {}) },
    html`<section class="panel clock">
      <h1>Clock of the sandbox</h1>
      <p><strong>${timeOf(state.now)}</strong></p>
      <p>${state.aheadMilliseconds === 0 ? 'It is the clock of this machine.' : `It is ${days(state.aheadMilliseconds)} ahead of the clock of this machine.`} It
      goes forward only, for the charts here and for Refloop: deadlines, messages and links move with it. Nobody is signed out by it.</p>
      <p class="detail">${state.followers === 0 ? 'No Refloop goes by it just now.' : 'Refloop goes by it, and lives through each hour before the next.'}</p>
      <p role="status">${told}</p>
      <h2>Forward</h2>
      ${state.run ? underWay(state, state.run.to) : forms()}
      ${players && !state.run ? playForm : ''}
      <p><a href="/patients">Patients</a> · <a href="/offices">Offices</a> · <a href="/mail">Mails and faxes</a> · <a href="/phone">Phones</a></p>
    </section>
    ${players ? playedTable(players) : ''}`,
  );
