/**
 * Refloop's own access to an EHR: a token by client_credentials with a signed assertion, kept until shortly before it ends.
 * See: https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html
 */
import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { Discovery } from '../sessions/discovery.ts';
import { askEhr, type EhrAnswer, type Fetch } from '../sessions/ehr-request.ts';
import { type Site, type SystemClient, scopesOfBefore } from '../sites.ts';

export type SystemToken = { accessToken: string; scopes: readonly string[] };
export type SystemTokenAnswer = { ok: true; value: SystemToken } | { ok: false; why: string };

export type SystemTokens = (site: Site) => Promise<SystemTokenAnswer>;

/** Five minutes at most by the specification; one is enough for one request. */
const ASSERTION_SECONDS = 60;
/** A token that ends while a write is under way would leave it unheard. */
const MARGIN_MS = 60_000;
/** Where the EHR does not say: the specification's recommendation. */
const DEFAULT_SECONDS = 300;

const TokenResponse = z.object({ access_token: z.string().min(1), expires_in: z.number().optional(), scope: z.string().optional() });

/** RFC 6749 §5.2. */
const isInvalidScope = (json: unknown): boolean => z.object({ error: z.literal('invalid_scope') }).safeParse(json).success;

type Kept = { value: SystemToken; until: number };

export function createSystemTokens(deps: { fetch: Fetch; discovery: Discovery; now: () => Date }): SystemTokens {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<SystemTokenAnswer>>();

  async function ask(site: Site): Promise<SystemTokenAnswer> {
    const { system } = site;
    if (!system) return { ok: false, why: 'the site entry has no system client' };
    const discovered = await deps.discovery.of(site);
    if (!discovered.ok) return { ok: false, why: 'the EHR cannot be asked where to sign in' };
    const audience = discovered.value.tokenEndpoint;
    if (audience === undefined) return { ok: false, why: 'the EHR names no token endpoint' };
    const asked = await askFor(system, audience, system.scopes);
    const before = asked.answer.kind === 'answered' && isInvalidScope(asked.answer.json) ? scopesOfBefore(system.scopes) : undefined;
    const { answer, scopes } = before === undefined ? asked : await askFor(system, audience, before);
    if (answer.kind === 'unreachable') return { ok: false, why: answer.why };
    const parsed = TokenResponse.safeParse(answer.json);
    if (answer.status !== 200 || !parsed.success) return { ok: false, why: `it refused Refloop’s own sign-in (${answer.status})` };
    const { access_token: accessToken, expires_in: expiresIn, scope } = parsed.data;
    const value = { accessToken, scopes: (scope ?? scopes).split(/\s+/).filter(Boolean) };
    kept.set(site.iss, { value, until: deps.now().getTime() + (expiresIn ?? DEFAULT_SECONDS) * 1000 - MARGIN_MS });
    return { ok: true, value };
  }

  /** One try: an assertion sent twice is a replay, and a fresh one is made at the next look. */
  async function askFor(system: SystemClient, audience: string, scopes: string): Promise<{ answer: EhrAnswer; scopes: string }> {
    const seconds = Math.floor(deps.now().getTime() / 1000);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: system.key.algorithm, kid: system.key.kid, typ: 'JWT' })
      .setIssuer(system.clientId)
      .setSubject(system.clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(await importJWK(system.key.jwk, system.key.algorithm));
    const form = {
      grant_type: 'client_credentials',
      scope: scopes,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    return { answer: await askEhr(deps.fetch, audience, { form, tries: 1, readsRefusal: true }), scopes };
  }

  return async (site) => {
    const there = kept.get(site.iss);
    if (there && there.until > deps.now().getTime()) return { ok: true, value: there.value };
    const running = asking.get(site.iss) ?? ask(site).finally(() => asking.delete(site.iss));
    asking.set(site.iss, running);
    return running;
  };
}
