/** The doors that stand open to people without an account, on the real app over PostgreSQL: offices' and patients' links, uploads, the gateways. */
import { createHash } from 'node:crypto';
import { npiCheckDigit } from '@refloop/domain/network/npi';
import { gatewayToken, TEST_GATEWAY } from '@refloop/server/inbound/test-gateway';
import { acceptedWith, approvedFor } from '@refloop/server/services/patient/test-patient';
import { openReferralApi, type ReferralApi } from '@refloop/server/services/test-referral-api';
import { newToken } from '@refloop/server/sessions/token';
import { type Touched, watchTouched } from '@refloop/server/store/test-touched';
import pg from 'pg';
import { isLocked, isOpened, type Link, learn, type Side } from './links.ts';

const AT = '2026-11-20T15:00:00.000Z';
export const NOW = new Date('2026-11-20T15:01:00.000Z');
const LONG = '2027-01-10T00:00:00.000Z';

/** Of every patient here; never in an answer before both factors were given, never in a refusal, never in the log. */
export const PLANTED = ['Rosa', '1961-', 'MRN-1', 'Elm St', '210-', '555210', 'Palpitations', 'Ablation', 'Ana Rivera'];

/** What stands in the name of one patient alone: four letters behind the name that all of them have. */
export const tagsIn = (text: string): string[] => [...text.matchAll(/Rosa([a-z]{4})/g)].map(([, tag]) => tag ?? '');

export type Doors = {
  api: ReferralApi;
  /** Of referrals that go on; at least four of each side. */
  links: Link[];
  /** Those that open nothing, or nothing but a page that says so. */
  past: Link[];
  /** Of referrals that go on and of those that do not. */
  byToken: (token: unknown) => Link | undefined;
  /** What the link is opened to, whether or not its hour is over. */
  byOpened: (token: unknown) => Link | undefined;
  /** What may be acted on. */
  byOpenPage: (token: unknown) => Link | undefined;
  /** New referrals in place of all there are. */
  beginAnew: () => Promise<void>;
  /** New referrals in place of those that are over or locked. */
  renew: () => Promise<void>;
  ticket: (bytes: Uint8Array, more?: Parameters<typeof gatewayToken>[3]) => Promise<string>;
  /** What was written since this was asked last. */
  written: () => Promise<Touched[]>;
  close: () => Promise<void>;
};

/** Of links that are over, so many are kept to be tried. */
const PAST_KEPT = 24;
const EACH_SIDE = 4;
const MOST_TRIES = 5;

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

const tagOf = (number: number): string =>
  Array.from({ length: 4 }, (_, place) => String.fromCharCode(0x61 + (Math.floor(number / 26 ** place) % 26))).join('');
const bornOf = (number: number): string => new Date(Date.UTC(1961, 0, 1 + (number % 365))).toISOString().slice(0, 10);
export const phoneOf = (number: number): string => String(number % 10_000).padStart(4, '0');
const npiOf = (number: number): string => {
  const nine = `1${String(number % 100_000_000).padStart(8, '0')}`;
  return nine + npiCheckDigit(nine);
};

export type DoorsPlace = {
  /** Of a database of its own; one of the test run unless given. */
  url?: string | undefined;
  /** Requests are counted by address, as in production; without it none is. */
  limits?: boolean;
};

export async function openDoors({ url, limits = false }: DoorsPlace): Promise<Doors> {
  // Several may be opened on one database, one after the other.
  const place = newToken().slice(0, 8);
  const api = await openReferralApi({ gateways: [TEST_GATEWAY], limits, ids: place, ...(url === undefined ? {} : { url }) });
  await api.store.enrol(api.scope);
  const owner = new pg.Client({ connectionString: api.url });
  // A server that ends is told by what is asked of it next.
  owner.on('error', () => undefined);
  await owner.connect();
  const written = await watchTouched(async (sql) => (await owner.query(sql)).rows);
  const links: Link[] = [];
  const past: Link[] = [];
  let number = 0;

  type Made = Pick<Link, 'referralId' | 'tag'> & { npi: string; born: string };

  /** Accepted, with two dates on offer. */
  async function newReferral(): Promise<Made> {
    number += 1;
    const [referralId, tag, born] = [`door-${place}-${number}`, tagOf(number), bornOf(number)];
    const patient = { name: `Example, Rosa${tag}`, born, recordNumber: `MRN-1${tag}`, phone: `(555) 210-${phoneOf(number)}` };
    const before = api.clock.now;
    api.clock.now = new Date(AT);
    await approvedFor(api.store, api.scope, referralId, AT, patient, `patient-${place}-${number}`);
    await acceptedWith(api.store, api.scope, referralId, AT, ['2026-12-01T15:00:00.000Z', '2026-12-03T16:30:00.000Z']);
    api.clock.now = before;
    return { referralId, tag, born, npi: npiOf(number) };
  }

  /** @param state `opened`: until when its page is open; `tries`: wrong ones, before */
  async function newLink(
    made: Made,
    side: Side,
    standing: Link['standing'],
    state: { opened?: string; expiresAt?: string; tries?: number } = {},
  ): Promise<Link> {
    const { referralId, tag, npi, born } = made;
    const link: Link = {
      side,
      referralId,
      tag,
      token: newToken(),
      secondFactor: side === 'office' ? npi : born,
      tries: state.tries ?? 0,
      opened: state.opened === undefined ? undefined : newToken(),
      replaced: [],
      standing,
    };
    const id = newToken();
    const stored = { id, tokenHash: digest(link.token), referralId, madeBy: 'kim', madeAt: AT, expiresAt: state.expiresAt ?? LONG };
    await api.store.transaction(api.scope, async (unit) => {
      const store = side === 'office' ? unit.officeLinks : unit.patientLinks;
      if (side === 'office') await unit.officeLinks.insert({ ...stored, attempt: 1, npi });
      else await unit.patientLinks.insert(stored);
      if (link.opened !== undefined && state.opened !== undefined) {
        const opened = { hash: digest(link.opened), until: state.opened };
        if (side === 'office') await unit.officeLinks.open(id, opened);
        else await unit.patientLinks.open(id, { ...opened, as: 'patient' });
      }
      for (let tries = 0; tries < link.tries; tries += 1) await store.countWrongTry(id);
      // All that are there are closed, so those that are taken back are made first.
      if (standing === 'taken-back') await store.close(referralId, AT);
    });
    return link;
  }

  async function putOne(): Promise<void> {
    const made = await newReferral();
    // Every other one has been opened already, so that what stands behind is tried from the beginning; some have one try left.
    const state = { ...(number % 2 === 0 ? { opened: LONG } : {}), tries: number % 4 === 0 ? MOST_TRIES - 1 : 0 };
    links.push(await newLink(made, 'office', 'open', state), await newLink(made, 'patient', 'open', state));
  }

  /** Of a referral that its own side declined while the page was open. */
  async function putDeclined(side: Side): Promise<void> {
    const link = await newLink(await newReferral(), side, 'open', { opened: LONG });
    const body = JSON.stringify({ opened: link.opened, key: newToken(), what: { act: 'decline', reason: 'other' } });
    const headers = { 'content-type': 'application/json' };
    const response = await api.request(`/${side}/acts`, { method: 'POST', headers, body });
    learn(link, 'other', response.status, (await response.json()) as Record<string, unknown>);
    if (link.standing !== 'over') throw new Error(`The ${side} could not decline: ${response.status}`);
    past.push(link);
  }

  /** Of each side: taken back while it was open, expired, its hour over, closed by wrong tries, and declined. */
  async function putPast(): Promise<void> {
    const [made, locked] = [await newReferral(), await newReferral()];
    for (const side of ['office', 'patient'] as const) {
      past.push(await newLink(made, side, 'taken-back', { opened: LONG }));
      past.push(await newLink(made, side, 'expired', { opened: AT, expiresAt: AT }));
      past.push(await newLink(made, side, 'hour-over', { opened: AT }));
      past.push(await newLink(locked, side, 'open', { tries: MOST_TRIES }));
      await putDeclined(side);
    }
  }

  const all = (): Link[] => [...links, ...past];

  const beginAnew = async (): Promise<void> => {
    links.length = 0;
    past.length = 0;
    await putPast();
    while (links.length < 2 * EACH_SIDE) await putOne();
  };

  api.clock.now = NOW;
  await beginAnew();

  return {
    api,
    links,
    past,
    byToken: (token) => all().find((link) => link.token === token),
    byOpened: (token) => all().find(({ opened }) => opened !== undefined && opened === token),
    byOpenPage: (token) => all().find((link) => isOpened(link) && link.opened === token),
    beginAnew,
    renew: async () => {
      for (const link of links.filter((each) => each.standing === 'over' || isLocked(each))) {
        links.splice(links.indexOf(link), 1);
        past.push(link);
      }
      // The first are those that were made as they are.
      if (past.length > PAST_KEPT) past.splice(10, past.length - PAST_KEPT);
      if ((['office', 'patient'] as const).some((side) => links.filter((link) => link.side === side).length < EACH_SIDE)) await putOne();
    },
    ticket: (bytes, more) => gatewayToken(api.scope.issuer, bytes, api.clock.now, more),
    written,
    close: async () => {
      await owner.end();
      await api.close();
    },
  };
}
