/**
 * The doors that stand open to people without an account, on the real app over PostgreSQL: offices' and patients' links, uploads, the gateways. What
 * a request may be shown is kept here apart from the product, so that an answer can be judged without asking it.
 */
import { createHash } from 'node:crypto';
import { gatewayToken, TEST_GATEWAY } from '@refloop/server/inbound/test-gateway';
import { acceptedWith, approvedFor } from '@refloop/server/services/patient/test-patient';
import { openReferralApi, type ReferralApi } from '@refloop/server/services/test-referral-api';
import { newToken } from '@refloop/server/sessions/token';
import pg from 'pg';

export const NPI = '1234567893';
export const OTHER_NPI = '1538271645';
/** Another day than the one that stands in a message as an example. */
export const BORN = '1979-11-02';

/** Of the patients of these referrals; never in an answer before both factors were given, never in a refusal, never in the log. */
export const PLANTED = ['Rosa', BORN, 'MRN-1', 'Elm St', '210-0100', '2100100', 'Palpitations', 'Ablation', 'Ana Rivera'];

const AT = '2026-11-20T15:00:00.000Z';
export const NOW = new Date('2026-11-20T15:01:00.000Z');
const MOST_TRIES = 5;

export type Side = 'office' | 'patient';

/** A link and what was made of it. */
export type Link = {
  side: Side;
  referralId: string;
  token: string;
  tries: number;
  /** What it was opened to last. */
  opened: string | undefined;
  alive: boolean;
};

export type Doors = {
  api: ReferralApi;
  links: Link[];
  /** Once opened anything, and no more: replaced, expired, closed, over. */
  stale: string[];
  /** What this link would be opened by. */
  secondFactor: (side: Side) => string;
  /** Takes the answer in: what was opened, what was counted. */
  learn: (link: Link | undefined, asked: 'open' | 'other', status: number, body: Record<string, unknown>) => void;
  byToken: (token: unknown) => Link | undefined;
  byOpened: (token: unknown) => Link | undefined;
  /** Puts new referrals in place of those that are over or locked. */
  renew: () => Promise<void>;
  ticket: (bytes: Uint8Array, more?: Parameters<typeof gatewayToken>[3]) => Promise<string>;
  /** Of everything that is stored: another where anything was written. */
  mark: () => Promise<string>;
  close: () => Promise<void>;
};

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

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
  const tables = (
    await owner.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    )
  ).rows.map(({ name }) => name);
  const links: Link[] = [];
  const stale: string[] = [];
  let number = 0;

  async function newReferral(): Promise<void> {
    const referralId = `door-${place}-${(number += 1)}`;
    await approvedFor(api.store, api.scope, referralId, AT, { born: BORN });
    await acceptedWith(api.store, api.scope, referralId, AT, ['2026-12-01T15:00:00.000Z', '2026-12-03T16:30:00.000Z']);
    const [office, patient, late, closed] = [newToken(), newToken(), newToken(), newToken()];
    const about = { referralId, madeBy: 'kim', madeAt: AT };
    await api.store.transaction(api.scope, async (unit) => {
      const expiresAt = '2027-01-10T00:00:00.000Z';
      // One that was taken back comes first: closing is of all that are there.
      await unit.officeLinks.insert({ ...about, id: `${referralId}-closed`, tokenHash: digest(closed), attempt: 1, npi: NPI, expiresAt });
      await unit.officeLinks.close(referralId, AT);
      await unit.officeLinks.insert({ ...about, id: `${referralId}-office`, tokenHash: digest(office), attempt: 1, npi: NPI, expiresAt });
      await unit.officeLinks.insert({ ...about, id: `${referralId}-late`, tokenHash: digest(late), attempt: 1, npi: NPI, expiresAt: AT });
      const opened = { hash: digest(`${late}x`), until: AT };
      await unit.officeLinks.open(`${referralId}-late`, opened);
      await unit.patientLinks.insert({ ...about, id: `${referralId}-patient`, tokenHash: digest(patient), expiresAt });
    });
    stale.push(late, closed, `${late}x`);
    for (const [side, token] of [
      ['office', office],
      ['patient', patient],
    ] as const)
      links.push({ side, referralId, token, tries: 0, opened: undefined, alive: true });
  }

  api.clock.now = new Date(AT);
  for (let count = 0; count < 4; count += 1) await newReferral();
  api.clock.now = NOW;

  return {
    api,
    links,
    stale,
    secondFactor: (side) => (side === 'office' ? NPI : BORN),
    byToken: (token) => links.find((link) => link.alive && link.token === token),
    byOpened: (token) => links.find((link) => link.alive && link.opened !== undefined && link.opened === token),
    learn: (link, asked, status, body) => {
      if (!link) return;
      if (asked === 'open' && status === 200 && typeof body['opened'] === 'string') {
        if (link.opened) stale.push(link.opened);
        link.opened = body['opened'];
      }
      if (asked === 'open' && status === 403 && JSON.stringify(body).includes(link.side === 'office' ? '"npi"' : '"born"')) link.tries += 1;
      if (link.tries >= MOST_TRIES || body['standing'] === 'over') link.alive = false;
    },
    renew: async () => {
      for (const link of links.filter(({ alive }) => !alive)) {
        stale.push(link.token, ...(link.opened ? [link.opened] : []));
        links.splice(links.indexOf(link), 1);
      }
      stale.splice(0, Math.max(0, stale.length - 60));
      const missing = (['office', 'patient'] as const).some((side) => links.filter((link) => link.side === side).length < 4);
      if (missing) await newReferral();
    },
    ticket: (bytes, more) => gatewayToken(api.scope.issuer, bytes, api.clock.now, more),
    mark: async () => {
      const each = tables.map((table) => `select count(*) as rows, coalesce(max(xmin::text::bigint), 0) as last from ${table}`);
      const { rows } = await owner.query<{ mark: string }>(
        `select string_agg(rows || ':' || last, ' ') as mark from (${each.join(' union all ')}) as every`,
      );
      return rows[0]?.mark ?? '';
    },
    close: async () => {
      await owner.end();
      await api.close();
    },
  };
}
