/** What PostgreSQL holds and shows: nothing of a patient in the clear, no row outside its scope, no key but the right one. */

import { randomBytes } from 'node:crypto';
import type { Preparation } from '@refloop/domain/packet/readiness';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import type { StoredDisclosure } from './disclosures.ts';
import { openPool } from './postgres/database.ts';
import type { Scope } from './store.ts';
import { openTestStore, type TestStore } from './test-store.ts';

const AT = '2026-11-20T10:00:00.000Z';
const PLANTED = {
  patientId: 'planted-patient-4711',
  name: 'Zebulon Plantedname',
  birthDate: '1931-02-03',
  mrn: 'MRN-99887766',
  text: 'planted palpitations with syncope',
};
const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const other: Scope = { ...scope, issuer: 'https://other.example.org/fhir' };
/** The same EHR, when it belonged to another organisation. */
const formerly: Scope = { ...scope, tenant: 'south' };

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
  for (const each of [scope, other, formerly]) {
    await opened.store.enrol(each);
    await opened.store.transaction(each, async (unit) => {
      const { patientId } = PLANTED;
      await unit.events.append('r1', 0, [
        {
          type: 'referral.drafted',
          version: 1,
          effectiveAt: AT,
          recordedAt: AT,
          actor: { subject: 's' },
          data: PLANTED,
          factKey: `Patient/${patientId}`,
        },
      ]);
      await unit.referrals.put({
        referralId: 'r1',
        patientId,
        sequence: 1,
        status: 'draft',
        updatedAt: AT,
        requester: null,
        ended: false,
        foldVersion: 1,
        state: PLANTED,
      });
      await unit.recommendations.insert({
        id: 'a',
        referralId: 'r1',
        madeAt: AT,
        subject: 's',
        userName: 'Dr. Lee',
        patientId,
        status: 'PENDING_REVIEW',
        outcome: 'pending',
        specialty: 'cardiology',
        policy: 'seed-v1/1',
        composer: 'composer/1',
        kept: PLANTED,
        working: PLANTED,
        pendedFor: 'lee',
        prepared: PLANTED,
      });
      await unit.plans.insert({
        id: 'p',
        referralId: 'r1',
        recommendationId: 'a',
        patientId,
        subject: 's',
        madeAt: AT,
        lookDueAt: null,
        finished: false,
        content: PLANTED,
      });
      await unit.approvals.insert({
        id: 'x',
        recommendationId: 'a',
        referralId: 'r1',
        idempotencyKey: 'press-1',
        subject: 's',
        approvedAt: AT,
        orderVersion: '1',
        contentHash: '00',
        content: PLANTED,
      });
      await unit.obligations.insert({
        id: 'o',
        referralId: 'r1',
        kind: 'k',
        raisedAt: AT,
        dueAt: AT,
        owner: null,
        raisedBy: null,
        content: PLANTED,
      });
      await unit.outbox.add({ referralId: 'r1', kind: 'mail', key: 'r1-1', askedAt: AT, dueAt: AT, content: PLANTED });
      await unit.packetPreparations.put({
        referralId: 'r1',
        attempt: 1,
        revision: 1,
        content: PLANTED as unknown as Preparation,
        updatedAt: AT,
      });
      await unit.disclosures.add({
        id: 'disclosure',
        referralId: 'r1',
        patientId,
        at: AT,
        content: PLANTED as unknown as StoredDisclosure['content'],
      });
      await unit.delegations.insert({
        id: 'd',
        kind: 'covers',
        delegate: { subject: 'covering', fhirUser: 'Practitioner/covering', name: 'Dr. Moss' },
        clinician: { subject: 'lee', fhirUser: 'Practitioner/lee', name: 'Dr. Lee' },
        reason: 'Leave',
        givenBy: 'admin',
        givenAt: AT,
        until: null,
      });
      await unit.warehousePseudonyms.keep([{ pseudonym: 'r-1', referralId: 'r1' }]);
      await unit.historyLoads.begin({ seed: 's', until: AT, referrals: 1, staffing: {}, startedAt: AT });
      await unit.sessions.insert({
        tokenHash: `hash of ${each.tenant} ${each.issuer}`,
        subject: 's',
        fhirUser: 'Practitioner/s',
        name: PLANTED.name,
        patientId,
        startedAt: AT,
        lastActivity: AT,
        expiresAt: AT,
      });
      await unit.audit.append({
        at: AT,
        actor: { subject: 's', fhirUser: null, sessionId: null },
        action: 'recommendation.made',
        purpose: 'TREAT',
        patientId,
        referralId: 'r1',
        payload: PLANTED,
      });
    });
  }
  await opened.store.auditTrail.sequence(AT);
});
afterAll(() => opened.close());

const tables = async (): Promise<string[]> =>
  (await opened.asOwner<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`)).map(
    ({ name }) => name,
  );

test('no table holds anything of the patient in the clear, as text or as bytes', async () => {
  const names = await tables();
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const rows = await opened.asOwner<Record<string, unknown>>(`select * from ${name}`);
    const dump = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
      .join('\n');
    expect({ name, found: Object.values(PLANTED).filter((planted) => dump.includes(planted)) }).toEqual({ name, found: [] });
  }
  // And the same rows do come back whole through the store.
  expect(await opened.store.transaction(scope, async (unit) => (await unit.recommendations.get('a'))?.kept)).toEqual(PLANTED);
});

test('every table with a tenant starts its key with tenant and issuer, and forces row-level security', async () => {
  const found = await opened.asOwner<{ name: string; key: string; forced: boolean }>(
    `select class.relname as name, class.relrowsecurity and class.relforcerowsecurity as forced,
       (select string_agg(attribute.attname, ',' order by place.ordinality)
        from unnest(keys.indkey::int[]) with ordinality as place (number, ordinality)
        join pg_attribute attribute on attribute.attrelid = class.oid and attribute.attnum = place.number) as key
     from pg_class class join pg_index keys on keys.indrelid = class.oid and keys.indisprimary
     where exists (select from pg_attribute where attrelid = class.oid and attname = 'tenant') and class.relname <> 'scope'`,
  );
  expect(found.length).toBe(32);
  for (const { name, key, forced } of found) {
    expect({ name, key, forced }).toEqual({ name, key: expect.stringMatching(/^tenant,issuer(,|$)/), forced: true });
  }
});

test('row-level security shows nothing without a scope, and only its own with one, whatever the query asks', async () => {
  const pool = openPool(opened.url, 'refloop_app', 1);
  try {
    for (const table of [
      'data_key',
      'referral_event',
      'referral',
      'recommendation',
      'plan',
      'approval',
      'obligation',
      'outbox',
      'packet_preparation',
      'disclosure',
      'delegation',
      'warehouse_pseudonym',
      'history_load',
      'session',
      'audit_entry',
    ]) {
      expect({ table, rows: (await pool.query(`select * from ${table}`)).rows }).toEqual({ table, rows: [] });
      for (const entered of [other, formerly]) {
        await pool.query('begin');
        await pool.query(`select set_config('refloop.tenant', $1, true), set_config('refloop.issuer', $2, true)`, [
          entered.tenant,
          entered.issuer,
        ]);
        const rows = await pool.query<{ scope: string }>(`select distinct tenant || ' ' || issuer as scope from ${table}`);
        const scopes = rows.rows.map((row) => row.scope);
        expect({ table, scopes }).toEqual({ table, scopes: [`${entered.tenant} ${entered.issuer}`] });
        const foreign = `insert into ${table} select (jsonb_populate_record(row, jsonb_build_object('tenant', $1::text, 'issuer', $2::text))).*
          from ${table} row limit 1`;
        await expect(pool.query(foreign, [scope.tenant, scope.issuer])).rejects.toThrow(/row-level security/);
        await pool.query('rollback');
      }
    }
  } finally {
    await pool.end();
  }
});

test('connections act as the application under its time limits, whatever else the URL asks of PostgreSQL', async () => {
  const asked = async (url: string) => {
    const pool = openPool(url, 'refloop_app', 1);
    try {
      const found = await pool.query(
        `select current_user as role, current_setting('lock_timeout') as lock, current_setting('work_mem') as memory`,
      );
      return found.rows;
    } finally {
      await pool.end();
    }
  };
  const own = { role: 'refloop_app', lock: '10s' };
  expect(await asked(opened.url)).toMatchObject([own]);
  const and = opened.url.includes('?') ? '&' : '?';
  const options = encodeURIComponent('-c work_mem=8MB -c role=postgres');
  expect(await asked(`${opened.url}${and}options=${options}&client_encoding=utf8`)).toEqual([{ ...own, memory: '8MB' }]);
});

test('the application cannot change what was recommended, approved or recorded, nor delete it', async () => {
  const pool = openPool(opened.url, 'refloop_app', 1);
  try {
    for (const sql of [
      `update recommendation set kept_sealed = 'x'`,
      `update recommendation set subject = 'x'`,
      `update plan set subject = 'x'`,
      `update approval set content_hash = 'x'`,
      `update referral_event set type = 'x'`,
      `update session set subject = 'x'`,
      `update session set expires_at = now()`,
      `update delegation set until = null`,
      `update delegation set delegate_subject = 'x'`,
      'delete from delegation',
      `update warehouse_pseudonym set referral_id = 'x'`,
      'delete from warehouse_pseudonym',
      `update history_load set seed = 'x'`,
      'delete from history_load',
      `update obligation set raised_by = 'x'`,
      `update outbox set content_sealed = 'x'`,
      `update outbox set key = 'x'`,
      'delete from outbox',
      `update disclosure set content_sealed = 'x'`,
      'delete from disclosure',
      'delete from packet_preparation',
      'delete from recommendation',
      'delete from plan',
      'delete from approval',
      'delete from referral_event',
      'delete from obligation',
      'delete from role_grant',
      'truncate referral',
      'create table mine (a int)',
    ]) {
      await expect(pool.query(sql)).rejects.toThrow('permission denied');
    }
  } finally {
    await pool.end();
  }
});

test('a ciphertext opens in its own row and column alone', async () => {
  // The same referral id, another issuer: the sealed state of the one put into the row of the other.
  await opened.asOwner(
    `update referral set state_sealed = (select state_sealed from referral where tenant = $1 and issuer = $2)
     where tenant <> $1 or issuer <> $2`,
    [scope.tenant, scope.issuer],
  );
  for (const each of [other, formerly]) {
    await expect(opened.store.transaction(each, (unit) => unit.referrals.get('r1'))).rejects.toThrow('does not open');
  }
  await opened.asOwner('update recommendation set working_sealed = kept_sealed where issuer = $1', [other.issuer]);
  await expect(opened.store.transaction(other, (unit) => unit.recommendations.get('a'))).rejects.toThrow('does not open');
});

test('another key-encryption key opens nothing; the old one beside a new one opens all; after rotation the new one does alone', async () => {
  const fresh = { kid: '2027-01', key: randomBytes(32) };
  await expect(opened.another([fresh])).rejects.toThrow(`The key named ${DEVELOPMENT_KEY.kid} is not in REFLOOP_KEY`);
  const rotated = await opened.another([fresh, DEVELOPMENT_KEY]);
  try {
    const read = await rotated.transaction(scope, async (unit) => {
      await unit.events.append('r2', 0, [{ type: 't', version: 1, effectiveAt: AT, recordedAt: AT, actor: {}, data: {} }]);
      return [(await unit.recommendations.get('a'))?.kept, unit.pseudonym('1')];
    });
    expect(read).toEqual([PLANTED, await opened.store.transaction(scope, async (unit) => unit.pseudonym('1'))]);
    expect(await opened.asOwner(`select kid from data_key where owner = 'referral/r2'`)).toEqual([{ kid: '2027-01' }]);

    // Rotation: everything under the new key, the old one is needed no more, what was sealed is untouched.
    const sealed = await opened.asOwner('select kept_sealed from recommendation');
    expect(await rotated.rewrapKeys()).toBeGreaterThan(4);
    expect(await rotated.rewrapKeys()).toBe(0);
    expect(await opened.asOwner('select distinct kid from data_key union select kid from instance_key')).toEqual([{ kid: '2027-01' }]);
    expect(await opened.asOwner('select kept_sealed from recommendation')).toEqual(sealed);
    const later = await opened.another([fresh]);
    try {
      expect(await later.transaction(scope, async (unit) => (await unit.recommendations.get('a'))?.kept)).toEqual(PLANTED);
    } finally {
      await later.close();
    }
  } finally {
    await rotated.close();
  }
});
