/** The store at a start: brought up to this version, every site enrolled, and what an older version or an older key left brought along. */
import { createKeyRing } from '../crypto/key-ring.ts';
import { seedSandboxGrants } from '../grants/sandbox-grants.ts';
import { migrate } from '../migrations/migrate.ts';
import { PRACTICE_TIME_ZONE } from '../practice/calendar.ts';
import { keepFirstPolicy } from '../services/engine/policy-in-force.ts';
import { renewProjections } from '../services/projections.ts';
import { findSite, patientChannelsOf, type Site, scopeOf } from '../sites.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

/** The same store, in each of whose transactions it is known by which channels the site writes to patients. */
export const knowingChannels = (store: Store, sites: readonly Site[]): Store => ({
  ...store,
  transaction: (scope, work) =>
    store.transaction(scope, (unit) => work({ ...unit, patientChannels: patientChannelsOf(findSite(sites, scope.issuer)) })),
});

export async function openStore({ config, role, sites, log, newId, now }: Foundation): Promise<Store> {
  const applied = await migrate(config.migrationDatabaseUrl);
  if (applied.length > 0) log.event('The database was brought up to this version.', { migrations: applied.length });
  const opened = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId, name: `refloop ${role}` });
  const store = knowingChannels(opened, sites);
  try {
    for (const site of sites) {
      await store.enrol(scopeOf(site));
      const timeZone = config.sandbox.includes(site) ? PRACTICE_TIME_ZONE : config.timezone;
      await keepFirstPolicy(store, scopeOf(site), timeZone, now());
    }
    for (const sandbox of config.sandbox) await seedSandboxGrants(store, sandbox, now());
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** Brings what lies under an older key of REFLOOP_KEY under the first. What fails now is done at the next start; both keys still open it. */
export async function rewrapKeys({ log, failing }: Foundation, store: Store): Promise<void> {
  try {
    const count = await store.rewrapKeys();
    if (count > 0) log.event('Keys were wrapped anew with the first key of REFLOOP_KEY; the older keys can be taken out.', { count });
  } catch (error) {
    failing('rewrap keys')(error);
  }
}

/** Rows an older version wrote get this version's form; the events they are made from stay as they are. What fails is done at the next start. */
export async function renewForms({ log, failing, now }: Foundation, store: Store): Promise<void> {
  try {
    const count = await renewProjections(store, now());
    if (count > 0) log.event('Referrals were brought into this version’s form from their events.', { count });
  } catch (error) {
    failing('renew projections')(error);
  }
}
