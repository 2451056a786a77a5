/**
 * What an EHR publishes about its sign-in: who signs id_tokens, with which keys, where tokens are asked about. Kept for at
 * most 24 hours; keys are fetched again once for each key id that is not among them.
 * See: https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html, OpenID Connect Discovery 1.0
 */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { namedAddressFault } from '../ehr-address.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Site } from '../sites.ts';
import { askEhr, type Fetch } from './ehr-request.ts';

export type Discovered = {
  /** What the `iss` of an id_token must equal. */
  issuer: string;
  /** Where the keys are; undefined where the site entry holds them. */
  jwksUri: string | undefined;
  tokenEndpoint: string | undefined;
  introspectionEndpoint: string | undefined;
};

export type Found<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal };

export type Discovery = {
  of: (site: Site) => Promise<Found<Discovered>>;
  /** The keys of the EHR; fetched anew, once, where `kid` is not among those kept. */
  keys: (site: Site, kid: string | undefined) => Promise<Found<JSONWebKeySet>>;
  /** Origins of the token endpoints found so far. */
  tokenOrigins: () => string[];
  /** Looks up every site that is not known yet; gives up waiting after `milliseconds`. */
  warm: (milliseconds: number) => Promise<void>;
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** A site that did not answer is asked again after this, so that each page load does not wait for it. */
const ASK_AGAIN_MS = 15_000;
/** Key ids are chosen by whoever sends a token: more unknown ones than this in a day fetch nothing. */
const MOST_UNKNOWN_KIDS = 50;

/** What an EHR does not have it leaves out, or writes as null. */
const maybe = z
  .string()
  .nullish()
  .transform((text) => text || undefined);
const SmartConfiguration = z.object({
  issuer: maybe,
  jwks_uri: maybe,
  token_endpoint: maybe,
  introspection_endpoint: maybe,
});
const OpenIdConfiguration = z.object({ issuer: z.string(), jwks_uri: maybe });
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

const refused = (site: Site, why: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: problem(
    'ehr-unreachable',
    `${site.name} cannot be asked who you are just now: ${why}. Wait a minute and open Refloop from the chart again.`,
  ),
});

/** The address of a document below a base that may or may not end with a slash. */
const below = (base: string, path: string): string => `${base.replace(/\/$/, '')}/${path}`;

type Kept = { value: Discovered; at: number };
type KeptKeys = { value: JSONWebKeySet; at: number; unknownKids: Set<string> };

export function createDiscovery(deps: { fetch: Fetch; now: () => Date; sites: Site[]; production: boolean }): Discovery {
  const known = new Map<string, Kept>();
  const keySets = new Map<string, KeptKeys>();
  const failedAt = new Map<string, number>();
  const asking = new Map<string, Promise<Found<Discovered>>>();

  const mayAsk = (site: Site, url: string): boolean => namedAddressFault(site.iss, url, deps.production) === undefined;

  async function readJson<Schema extends z.ZodType>(site: Site, url: string, schema: Schema): Promise<z.output<Schema> | string> {
    if (!mayAsk(site, url)) return 'it names an address that may not be used';
    const answer = await askEhr(deps.fetch, url, { mayFollow: (to) => mayAsk(site, to) });
    if (answer.kind === 'unreachable') return answer.why;
    if (answer.status !== 200) return `it answered ${answer.status} where its sign-in should be described`;
    const parsed = schema.safeParse(answer.json);
    return parsed.success ? parsed.data : 'the description of its sign-in is incomplete';
  }

  /**
   * Issuer: the site entry's, else that of SMART's document, else of OpenID's. Keys: inline, else where the document that names
   * this issuer says. OpenID's document stands below the issuer, and at many EHRs only below the FHIR base.
   */
  async function issuerOf(
    site: Site,
    smart: z.output<typeof SmartConfiguration>,
  ): Promise<Pick<Discovered, 'issuer' | 'jwksUri'> | string> {
    const configured = site.issuer ?? smart.issuer;
    if (configured !== undefined && site.jwks) return { issuer: configured, jwksUri: undefined };
    const smartSpeaksOfIt = configured !== undefined && (smart.issuer ?? configured) === configured;
    if (smartSpeaksOfIt && smart.jwks_uri !== undefined) return { issuer: configured, jwksUri: smart.jwks_uri };
    let fault: string | undefined;
    for (const place of configured === undefined ? [site.iss] : [...new Set([configured, site.iss])]) {
      const openid = await readJson(site, below(place, '.well-known/openid-configuration'), OpenIdConfiguration);
      const jwksUri = typeof openid === 'string' || site.jwks ? undefined : (openid.jwks_uri ?? smart.jwks_uri);
      if (typeof openid === 'string') fault ??= openid;
      else if (configured !== undefined && openid.issuer !== configured) fault = 'its sign-in names another issuer than the site entry';
      else if (!site.jwks && jwksUri === undefined) fault ??= 'it publishes no keys; they can stand in the site entry (jwks)';
      else return { issuer: openid.issuer, jwksUri };
    }
    return fault ?? 'the description of its sign-in is incomplete';
  }

  async function discover(site: Site): Promise<Found<Discovered>> {
    const smart = await readJson(site, below(site.iss, '.well-known/smart-configuration'), SmartConfiguration);
    if (typeof smart === 'string') return refused(site, smart);
    const issuer = await issuerOf(site, smart);
    if (typeof issuer === 'string') return refused(site, issuer);
    const value: Discovered = {
      ...issuer,
      tokenEndpoint: smart.token_endpoint,
      introspectionEndpoint: smart.introspection_endpoint,
    };
    const addresses = [value.jwksUri, value.tokenEndpoint, value.introspectionEndpoint].filter((address) => address !== undefined);
    if (addresses.some((address) => !mayAsk(site, address))) {
      return refused(site, 'it names an address that may not be used');
    }
    known.set(site.iss, { value, at: deps.now().getTime() });
    return { ok: true, value };
  }

  async function of(site: Site): Promise<Found<Discovered>> {
    const kept = known.get(site.iss);
    if (kept && deps.now().getTime() - kept.at < DAY_MS) return { ok: true, value: kept.value };
    // Launches that come together ask once.
    const running = asking.get(site.iss) ?? discover(site);
    asking.set(site.iss, running);
    try {
      const found = await running;
      if (found.ok) failedAt.delete(site.iss);
      else failedAt.set(site.iss, deps.now().getTime());
      return found;
    } finally {
      asking.delete(site.iss);
    }
  }

  async function fetchKeys(site: Site, unknownKids: Set<string>): Promise<Found<JSONWebKeySet>> {
    const found = await of(site);
    if (!found.ok) return found;
    if (found.value.jwksUri === undefined) return refused(site, 'it publishes no keys');
    const keys = await readJson(site, found.value.jwksUri, KeySet);
    if (typeof keys === 'string') return refused(site, keys);
    const value = keys as JSONWebKeySet;
    keySets.set(site.iss, { value, at: deps.now().getTime(), unknownKids });
    return { ok: true, value };
  }

  async function keys(site: Site, kid: string | undefined): Promise<Found<JSONWebKeySet>> {
    if (site.jwks) return { ok: true, value: site.jwks };
    const kept = keySets.get(site.iss);
    if (!kept || deps.now().getTime() - kept.at >= DAY_MS) return fetchKeys(site, new Set());
    const has = kid === undefined || kept.value.keys.some((key) => key.kid === kid);
    if (has || kept.unknownKids.has(kid) || kept.unknownKids.size >= MOST_UNKNOWN_KIDS) return { ok: true, value: kept.value };
    const fetched = await fetchKeys(site, kept.unknownKids.add(kid));
    return fetched.ok ? fetched : { ok: true, value: kept.value };
  }

  return {
    of,
    keys,
    tokenOrigins: () =>
      [...known.values()].flatMap(({ value }) => (value.tokenEndpoint === undefined ? [] : new URL(value.tokenEndpoint).origin)),
    warm: async (milliseconds) => {
      const now = deps.now().getTime();
      const due = deps.sites.filter(({ iss }) => !known.has(iss) && now - (failedAt.get(iss) ?? 0) >= ASK_AGAIN_MS);
      if (due.length === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((done) => {
        timer = setTimeout(done, milliseconds);
      });
      await Promise.race([Promise.allSettled(due.map(of)), patience]);
      clearTimeout(timer);
    },
  };
}
