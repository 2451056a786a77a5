/** An approval is kept whole or not at all: wherever PostgreSQL fails on the way, no event, approval or plan of it is left behind. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReferral } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { approveInput, type Made, makeInput } from './test-referral-input.ts';

let api: ReferralApi;
let token: string;
let superuser: pg.Client;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
  superuser = new pg.Client({ connectionString: api.url });
  await superuser.connect();
  await superuser.query(
    `create function breaks() returns trigger language plpgsql as $$ begin raise exception 'broken on purpose'; end $$`,
  );
});
afterAll(async () => {
  await superuser.end();
  await api.close();
});

const kept = (made: Made) =>
  api.store.transaction(api.scope, async (unit) => ({
    order: (await readReferral(unit, String(made['referralId'])))?.order.status,
    recommendation: (await unit.recommendations.get(made.id))?.status,
    approved: (await unit.approvals.byRecommendation(made.id)) !== undefined,
    planned: (await unit.plans.byRecommendation(made.id)) !== undefined,
  }));

test.each(['referral_event', 'approval', 'plan', 'obligation', 'audit_pending'])(
  'where no row of %s can be kept there is no approval, and the same press approves once it can',
  async (table) => {
    const input = makeInput();
    const made = (await api.call('POST', '/recommendations', token, input)).body as Made;
    const press = approveInput(made, input);
    const before = await kept(made);
    expect(before).toEqual({ order: 'draft', recommendation: 'PENDING_REVIEW', approved: false, planned: false });
    await superuser.query(`create trigger breaks before insert on ${table} for each row execute function breaks()`);
    try {
      expect((await api.call('POST', '/approvals', token, press)).status).toBe(500);
    } finally {
      await superuser.query(`drop trigger breaks on ${table}`);
    }
    expect(await kept(made)).toEqual(before);
    const approved = await api.call('POST', '/approvals', token, press);
    expect(approved.status, JSON.stringify(approved.body)).toBe(201);
    expect(await kept(made)).toEqual({ order: 'approved', recommendation: 'APPROVED', approved: true, planned: true });
  },
);
