/** Rotation on PostgreSQL: nothing that was sealed is lost, nothing is left under an older key, wherever it is interrupted. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../audit/verify.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { DEVELOPMENT_KEY, type KeyEncryptionKey } from '../../environment/keys.ts';
import type { Scope, Store } from '../store.ts';
import { openTestStore, type TestStore } from '../test-store.ts';
import { openPool } from './database.ts';
import { type KeyRotation, openKeyRotation, type RotationOutcome, type RotationProgress } from './rotation.ts';

const AT = '2026-11-20T10:00:00.000Z';
const ACTOR = { subject: 'test', fhirUser: null, sessionId: null };
const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const south: Scope = { ...scope, tenant: 'south', site: 'South clinic' };
/** More than one batch. */
const MANY = 620;

let opened: TestStore;
let rotation: KeyRotation;
let rotations = 0;

async function openRotation(keys: KeyEncryptionKey[] = [DEVELOPMENT_KEY]): Promise<KeyRotation> {
  rotations += 1;
  const prefix = `rotation-${rotations}`;
  let counter = 0;
  return openKeyRotation({
    url: opened.url,
    keyRing: createKeyRing(keys),
    newId: () => `${prefix}-${String((counter += 1)).padStart(3, '0')}`,
  });
}

const rotate = (by: KeyRotation = rotation, progress: (progress: RotationProgress) => void = () => undefined): Promise<RotationOutcome> =>
  by.rotate({ actor: ACTOR, now: () => new Date(AT), progress });

const keep = (store: Store, referralId: string, where: Scope = scope): Promise<unknown> =>
  store.transaction(where, (unit) =>
    unit.events.append(referralId, 0, [
      { type: 'referral.drafted', version: 1, effectiveAt: AT, recordedAt: AT, actor: {}, data: { kept: referralId } },
    ]),
  );
const kept = (store: Store, referralId: string, where: Scope = scope): Promise<unknown> =>
  store.transaction(where, async (unit) => (await unit.events.read(referralId))[0]?.data);

const kids = async (): Promise<string[]> =>
  (await opened.asOwner<{ kid: string }>('select kid from data_key union select kid from instance_key order by 1')).map(({ kid }) => kid);
const keyRows = (): Promise<{ kid: string; root: string | null; retired: boolean }[]> =>
  opened.asOwner('select kid, root, retired_at is not null as retired from key_encryption_key order by created_at, kid');

beforeEach(async () => {
  opened = await openTestStore();
  for (const each of [scope, south]) {
    await opened.store.enrol(each);
    await keep(opened.store, 'r1', each);
  }
  rotation = await openRotation();
});
afterEach(async () => {
  await rotation.close();
  await opened.close();
});

async function keepMany(): Promise<void> {
  await opened.store.transaction(scope, async (unit) => {
    for (let index = 0; index < MANY; index += 1) {
      const data = { kept: `many-${index}` };
      await unit.events.append(`many-${index}`, 0, [
        { type: 'referral.drafted', version: 1, effectiveAt: AT, recordedAt: AT, actor: {}, data },
      ]);
    }
  });
}

test('the first moves everything from REFLOOP_KEY under a key of the database, the second destroys that one; a process that was open all along reads and writes', async () => {
  await keepMany();
  const first = await rotate();
  expect(first).toMatchObject({ status: 'rotated', resumed: false, destroyed: [DEVELOPMENT_KEY.kid] });
  expect(first).toHaveProperty('wrapped', MANY + 2);
  const [one] = await kids();
  expect(await keyRows()).toEqual([{ kid: one, root: DEVELOPMENT_KEY.kid, retired: false }]);
  expect(one).toMatch(/^database\//);

  const pseudonym = await opened.store.transaction(scope, async (unit) => unit.pseudonym('1'));
  await keep(opened.store, 'between');
  const second = await rotate();
  expect(second).toMatchObject({ status: 'rotated', resumed: false, destroyed: [one] });
  const after = await kids();
  expect(after).toHaveLength(1);
  expect(after).not.toContain(one);
  expect(await keyRows()).toEqual([{ kid: after[0], root: DEVELOPMENT_KEY.kid, retired: false }]);

  for (const id of ['r1', 'between', 'many-0', `many-${MANY - 1}`]) expect(await kept(opened.store, id)).toEqual({ kept: id });
  expect(await kept(opened.store, 'r1', south)).toEqual({ kept: 'r1' });
  await keep(opened.store, 'later');
  const fresh = await opened.another([DEVELOPMENT_KEY]);
  try {
    expect(await kept(fresh, 'later')).toEqual({ kept: 'later' });
    expect(await fresh.transaction(scope, async (unit) => unit.pseudonym('1'))).toBe(pseudonym);
  } finally {
    await fresh.close();
  }
});

test('status tells what lies under which key, before, while one is unfinished, and after', async () => {
  const standing = async (): Promise<[string, number, boolean][]> =>
    (await rotation.status()).map((state) => [state.standing, state.dataKeys, state.indexRoot]);
  expect(await standing()).toEqual([['in force', 2, true]]);
  await expect(
    rotate(rotation, () => {
      throw new Error('stop');
    }),
  ).rejects.toThrow('stop');
  expect(await standing()).toEqual([
    // The month’s audit of each site, which tells of the rotation.
    ['in force', 2, false],
    ['retired', 2, true],
  ]);
  await rotate();
  expect(await standing()).toEqual([['in force', 4, true]]);
});

test('every site’s audit log tells who rotated, from which keys to which, and how many; no key', async () => {
  await rotate();
  await rotate();
  expect((await verifyAudit(opened.store.auditTrail, new Date(AT))).status).toBe('whole');
  const entries = await opened.asOwner<{ tenant: string; action: string; subject: string }>(
    `select tenant, convert_from(entry, 'UTF8')::jsonb ->> 'action' as action, convert_from(entry, 'UTF8')::jsonb -> 'actor' ->> 'subject' as subject
     from audit_entry join audit_chain on entry_id = id order by tenant, number`,
  );
  const actions = ['started', 'finished', 'started', 'finished'].map((what) => `key-rotation.${what}`);
  expect(entries).toEqual(['north', 'south'].flatMap((tenant) => actions.map((action) => ({ tenant, action, subject: 'test' }))));
});

describe('interrupted', () => {
  const stops: [string, (progress: RotationProgress) => boolean][] = [
    ['when the new key is in force and nothing is wrapped', ({ step }) => step === 'started'],
    ['after the first batch', (progress) => progress.step === 'wrapped' && progress.wrapped < MANY],
    ['when all is wrapped and the old key is not destroyed', (progress) => progress.step === 'wrapped' && progress.wrapped >= MANY],
  ];
  test.each(stops)('%s: everything can be read and kept, and the next run ends it with the same key', async (_when, stop) => {
    await keepMany();
    const broken = await openRotation();
    const interrupted = rotate(broken, (progress) => {
      if (stop(progress)) throw new Error('stop');
    });
    await expect(interrupted).rejects.toThrow('stop');
    await broken.close();
    const [, inForce] = await keyRows();
    expect(await keyRows()).toMatchObject([{ kid: DEVELOPMENT_KEY.kid, retired: true }, { retired: false }]);

    for (const id of ['r1', 'many-0', `many-${MANY - 1}`]) expect(await kept(opened.store, id)).toEqual({ kept: id });
    await keep(opened.store, 'meanwhile');
    expect(await opened.asOwner(`select kid from data_key where owner = 'referral/meanwhile'`)).toEqual([{ kid: inForce?.kid }]);

    expect(await rotate()).toMatchObject({ status: 'rotated', kid: inForce?.kid, resumed: true, destroyed: [DEVELOPMENT_KEY.kid] });
    expect(await kids()).toEqual([inForce?.kid]);
    for (const id of ['r1', 'many-0', 'meanwhile']) expect(await kept(opened.store, id)).toEqual({ kept: id });
  });
});

describe('beside others', () => {
  /** A transaction that wrapped under the key in force and stays open until it is told to end. */
  async function openTransaction(referralId: string): Promise<{ commit: () => Promise<unknown> }> {
    let end: () => void = () => undefined;
    const told = new Promise<void>((done) => {
      end = done;
    });
    let begun = false;
    const work = opened.store.transaction(scope, async (unit) => {
      const data = { kept: referralId };
      await unit.events.append(referralId, 0, [{ type: 'referral.drafted', version: 1, effectiveAt: AT, recordedAt: AT, actor: {}, data }]);
      begun = true;
      await told;
    });
    await expect.poll(() => begun).toBe(true);
    const commit = (): Promise<unknown> => {
      end();
      return work;
    };
    return { commit };
  }
  const untilItWaits = (statement: string): Promise<void> =>
    expect
      .poll(() => opened.asOwner(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '${statement}%'`))
      .not.toEqual([]);

  test('a transaction that wrapped under the old key and has not ended is waited for, then wrapped anew; a second rotation is refused', async () => {
    const slow = await openTransaction('slow');
    const rotating = rotate();
    await untilItWaits('delete from key_encryption_key');
    // Nobody else waits for it: others make keys meanwhile.
    await keep(opened.store, 'quick');
    const other = await openRotation();
    expect(await rotate(other)).toEqual({ status: 'busy' });
    await other.close();
    await untilItWaits('delete from key_encryption_key');
    await slow.commit();
    expect(await rotating).toMatchObject({ status: 'rotated', destroyed: [DEVELOPMENT_KEY.kid] });
    expect(await kids()).toHaveLength(1);
    expect(await kept(opened.store, 'slow')).toEqual({ kept: 'slow' });
  });

  test('a statement that began before the old key was retired and ends after it was destroyed runs again, under the new one', async () => {
    await rotate();
    const [old] = await kids();
    // Holds back the insert below after it has looked at the keys: it waits to learn whether this row stays.
    const rival = new pg.Client({ connectionString: opened.url });
    await rival.connect();
    await rival.query('begin');
    await rival.query(`insert into key_encryption_key (kid) values ('rival')`);
    await rival.query(
      `insert into data_key (tenant, issuer, owner, site, kid, wrapped) values ($1, $2, 'referral/late', '', 'rival', '')`,
      [scope.tenant, scope.issuer],
    );
    const late = keep(opened.store, 'late');
    await untilItWaits('insert into data_key');
    expect(await rotate()).toMatchObject({ status: 'rotated', destroyed: [old] });
    await rival.query('rollback');
    await rival.end();
    await late;
    expect(await kept(opened.store, 'late')).toEqual({ kept: 'late' });
    expect(await kids()).toHaveLength(1);
  });

  test('a process that follows the keys knows the new one without looking it up, and forgets the destroyed one', async () => {
    const stop = await opened.store.followKeys();
    await rotate();
    const readable = async (): Promise<boolean> => {
      // Whoever has not heard of the new key must look it up, and may not.
      await opened.asOwner('revoke select on key_encryption_key from refloop_app');
      try {
        return await kept(opened.store, 'r1').then(
          () => true,
          () => false,
        );
      } finally {
        await opened.asOwner('grant select on key_encryption_key to refloop_app');
      }
    };
    await expect.poll(readable).toBe(true);
    await stop();
    expect(await readable()).toBe(true);
    await rotate();
    expect(await readable()).toBe(false);
    expect(await kept(opened.store, 'r1')).toEqual({ kept: 'r1' });
  });

  test('data keys of a site that was never enrolled: plain error, nothing destroyed, everything readable; enrolled, it ends', async () => {
    const stray: Scope = { ...scope, tenant: 'stray' };
    await keep(opened.store, 'r1', stray);
    await expect(rotate()).rejects.toThrow(/Something still lies under development-only.*never enrolled/);
    expect(await keyRows()).toHaveLength(2);
    expect(await kept(opened.store, 'r1', stray)).toEqual({ kept: 'r1' });
    await opened.store.enrol(stray);
    expect(await rotate()).toMatchObject({ status: 'rotated', resumed: true, wrapped: 1 });
    expect(await kept(opened.store, 'r1', stray)).toEqual({ kept: 'r1' });
  });
});

describe('with REFLOOP_KEY', () => {
  const next: KeyEncryptionKey = { kid: '2027-01', key: randomBytes(32) };

  test('changing it wraps the database’s keys anew and no data key; one replica after another, both keys known', async () => {
    await rotate();
    const [kid] = await kids();
    expect(await kept(opened.store, 'r1')).toEqual({ kept: 'r1' });
    const replicaWithBoth = await opened.another([next, DEVELOPMENT_KEY]);
    try {
      expect(await replicaWithBoth.rewrapKeys()).toBe(1);
      expect(await keyRows()).toEqual([{ kid, root: '2027-01', retired: false }]);
      // The replica that was not restarted yet has met the key before.
      await keep(opened.store, 'from the old one');
      expect(await kept(replicaWithBoth, 'from the old one')).toEqual({ kept: 'from the old one' });
      await keep(replicaWithBoth, 'from the new one');
      expect(await kept(opened.store, 'from the new one')).toEqual({ kept: 'from the new one' });
    } finally {
      await replicaWithBoth.close();
    }
    const later = await opened.another([next]);
    expect(await kept(later, 'from the old one')).toEqual({ kept: 'from the old one' });
    await later.close();
    await expect(opened.another([DEVELOPMENT_KEY])).rejects.toThrow('The key named 2027-01 is not in REFLOOP_KEY');
  });

  test('a rotation takes the key of REFLOOP_KEY that the replicas have, not one that the command was given first', async () => {
    await rotation.close();
    rotation = await openRotation([next, DEVELOPMENT_KEY]);
    await rotate();
    expect(await keyRows()).toMatchObject([{ root: DEVELOPMENT_KEY.kid }]);
    await rotate();
    expect(await keyRows()).toMatchObject([{ root: DEVELOPMENT_KEY.kid }]);
    expect(await kept(opened.store, 'r1')).toEqual({ kept: 'r1' });
  });

  test('without the key that wraps the one in force, nothing is begun', async () => {
    await rotate();
    await expect(openRotation([next])).rejects.toThrow(`The key named ${DEVELOPMENT_KEY.kid} is not in REFLOOP_KEY`);
    expect(await keyRows()).toHaveLength(1);
  });
});

test('the application can neither wrap under a key that is not known nor take one away that is used', async () => {
  await rotate();
  const [kid] = await kids();
  const pool = openPool(opened.url, 'refloop_app', 1);
  try {
    await expect(pool.query('delete from key_encryption_key where kid = $1', [kid])).rejects.toThrow(/violates foreign key/);
    await expect(pool.query(`update instance_key set kid = 'database/none'`)).rejects.toThrow(/violates foreign key/);
    await expect(pool.query(`insert into key_encryption_key (kid, root, wrapped) values ('database/two', 'x', '')`)).rejects.toThrow(
      'key_encryption_key_current',
    );
    await expect(pool.query('update key_encryption_key set kid = kid')).rejects.toThrow('permission denied');
  } finally {
    await pool.end();
  }
});
