/** Lets a CDS client in: its token is verified and used up before anything else of the request is read. */
import { problem, type Refusal } from '../problem.ts';
import { digest } from '../sessions/token.ts';
import { findSite, type Site, scopeOf } from '../sites.ts';
import type { Store } from '../store/store.ts';
import type { ClientKeys } from './client-keys.ts';
import { verifyClientToken } from './client-token.ts';
import type { CdsClient } from './registered-client.ts';

export type AdmittedClient = {
  client: CdsClient;
  /** `performance.now()` when the request was looked at first: the half second it may take is counted from here. */
  since: number;
};

export type CdsAdmission = (
  header: string | undefined,
  path: string,
  now: Date,
) => Promise<{ ok: true; value: AdmittedClient } | { ok: false; refusal: Refusal }>;

/** Keys that are slower than this answer no call in time; the next call finds them. */
const KEYS_PATIENCE_MS = 400;

async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}

export function createCdsAdmission(deps: {
  store: Store;
  sites: Site[];
  clients: readonly CdsClient[];
  keys: ClientKeys;
  /** Where Refloop is reached, without a final slash. */
  addresses: readonly string[];
}): CdsAdmission {
  const keys: ClientKeys = { of: (client, kid) => within(KEYS_PATIENCE_MS, deps.keys.of(client, kid)) };
  return async (header, path, now) => {
    const since = performance.now();
    const token = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i.exec(header ?? '')?.[1];
    if (token === undefined) {
      const detail = 'Send a signed JSON web token as Authorization: Bearer. See CDS Hooks 2.0, “Trusting CDS Clients”.';
      return { ok: false, refusal: problem('client-refused', detail) };
    }
    const addresses = deps.addresses.map((address) => `${address}${path}`);
    const verified = await verifyClientToken({ clients: deps.clients, keys }, token, addresses, now);
    if (!verified.ok) return verified;
    const { client, jti, usableUntil } = verified.value;
    // At one place for all sites of a client: a token is not used again for another of them.
    const home = findSite(deps.sites, client.sites[0] ?? '');
    if (!home) return { ok: false, refusal: problem('client-refused', 'This CDS client speaks for no registered EHR.') };
    const mark = digest(`cds-hooks ${client.iss} ${jti}`);
    const isFirst = await deps.store.transaction(scopeOf(home), (unit) =>
      unit.usedIdTokens.claim(mark, usableUntil.toISOString(), now.toISOString()),
    );
    if (!isFirst)
      return { ok: false, refusal: problem('client-refused', 'This token was used before (jti): sign a new one for each call.') };
    return { ok: true, value: { client, since } };
  };
}
