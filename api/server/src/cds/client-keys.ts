/**
 * The public keys of a CDS client: those of its entry, those at its jku, else those its EHR signs in with. What a token itself names
 * as its jku is never fetched. Kept for a day; fetched again for a key id that is not among them, a few times a day.
 */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import type { Discovery } from '../sessions/discovery.ts';
import { askEhr, type Fetch } from '../sessions/ehr-request.ts';
import { findSite, type Site } from '../sites.ts';
import type { CdsClient } from './registered-client.ts';

export type ClientKeys = {
  /** Undefined where they cannot be had now. */
  of: (client: CdsClient, kid: string) => Promise<JSONWebKeySet | undefined>;
};

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });
const DAY_MS = 24 * 60 * 60 * 1000;
/** Key ids are chosen by whoever sends a token: a set is not fetched again for them more often than this. */
const ASK_AGAIN_MS = 60_000;
/** And one that could not be had, no more often than this. */
const AFTER_A_FAILURE_MS = 5000;

type Kept = { keys: JSONWebKeySet | undefined; at: number };

export function createClientKeys(deps: { fetch: Fetch; now: () => Date; discovery: Discovery; sites: Site[] }): ClientKeys {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<JSONWebKeySet | undefined>>();

  async function fetchKeys(jku: string): Promise<JSONWebKeySet | undefined> {
    const answer = await askEhr(deps.fetch, jku, { tries: 1 });
    const parsed = answer.kind === 'answered' && answer.status === 200 ? KeySet.safeParse(answer.json) : undefined;
    // What was good before stays good until its day is over: a failure must not take it away.
    const keys = parsed?.success ? (parsed.data as JSONWebKeySet) : kept.get(jku)?.keys;
    kept.set(jku, { keys, at: deps.now().getTime() });
    return keys;
  }

  function ask(jku: string): Promise<JSONWebKeySet | undefined> {
    const running = asking.get(jku) ?? fetchKeys(jku).finally(() => asking.delete(jku));
    asking.set(jku, running);
    return running;
  }

  async function at(jku: string, kid: string): Promise<JSONWebKeySet | undefined> {
    const known = kept.get(jku);
    const age = known ? deps.now().getTime() - known.at : DAY_MS;
    const has = known?.keys?.keys.some((key) => key.kid === kid) === true;
    return (has && age < DAY_MS) || age < (known?.keys ? ASK_AGAIN_MS : AFTER_A_FAILURE_MS) ? known?.keys : ask(jku);
  }

  return {
    of: async (client, kid) => {
      if (client.jwks) return client.jwks;
      if (client.jku !== undefined) return at(client.jku, kid);
      const site = findSite(deps.sites, client.sites[0] ?? '');
      const found = site && (await deps.discovery.keys(site, kid));
      return found?.ok ? found.value : undefined;
    },
  };
}
