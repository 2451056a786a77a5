/**
 * The EHR as a CDS client (CDS Hooks 2.0): asks the services of the one app it trusts, signs each call, sends along what they ask for.
 * Whatever goes wrong there, the chart goes on without cards.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SigningKey } from '../auth/signing-key.ts';
import type { Repository } from '../fhir/repository.ts';
import { prefetched } from './prefetch.ts';

export type Card = {
  service: string;
  uuid: string | undefined;
  summary: string;
  detail: string | undefined;
  indicator: 'info' | 'warning' | 'critical';
  source: string;
  overrideReasons: { system: string; code: string; display: string }[];
  links: { label: string; url: string; appContext: string | undefined }[];
  /** Each changes one order and nothing besides. */
  suggestions: { label: string; uuid: string | undefined; description: string; order: Record<string, unknown> }[];
};

export type Cards = { kind: 'cards'; cards: Card[] } | { kind: 'unanswered' };

/** The part of `fetch` that is used; tests hand in their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type CdsClient = {
  cards: (hook: 'order-select' | 'order-sign', context: Record<string, unknown>) => Promise<Cards>;
  /** Tells that the suggestion of a card was taken. */
  accept: (service: string, card: string, suggestion: string) => Promise<void>;
  /** Tells that a card was left aside, and why; what becomes of it there is not waited for longer than a call is. */
  dismiss: (service: string, card: string, reason: { system: string; code: string } | undefined) => Promise<void>;
};

const Coding = z.object({ system: z.string(), code: z.string(), display: z.string() });
const Discovery = z.object({
  services: z.array(
    z.looseObject({ id: z.string().regex(/^[A-Za-z0-9._-]+$/), hook: z.string(), prefetch: z.record(z.string(), z.string()).default({}) }),
  ),
});
const Answer = z.object({
  cards: z.array(
    z.looseObject({
      uuid: z.string().optional(),
      summary: z.string(),
      detail: z.string().optional(),
      indicator: z.enum(['info', 'warning', 'critical']),
      source: z.looseObject({ label: z.string() }),
      overrideReasons: z.array(Coding).default([]),
      links: z
        .array(z.looseObject({ label: z.string(), url: z.string(), type: z.string(), appContext: z.string().max(2000).optional() }))
        .default([]),
      suggestions: z
        .array(
          z.looseObject({
            label: z.string(),
            uuid: z.string().optional(),
            actions: z
              .array(z.looseObject({ type: z.string(), description: z.string(), resource: z.record(z.string(), z.unknown()).optional() }))
              .default([]),
          }),
        )
        .default([]),
    }),
  ),
});

/** A clinician waits for the page, not for advice. */
const PATIENCE_MS = 1000;
const TOKEN_SECONDS = 120;

export function createCdsClient(options: {
  repository: Repository;
  /** Base URL of the services, such as http://127.0.0.1:4020. */
  base: string;
  /** Of the tokens, and where their keys are. */
  issuer: string;
  keysUrl: string;
  fhirServer: string;
  key: () => SigningKey;
  /** By which a call is signed. */
  machineTime: () => Date;
  now: () => Date;
  fetch: Fetch;
  /** A link leads only here; what a card says beside it is not followed. */
  launchUrl: string;
}): CdsClient {
  const { base, issuer, machineTime, now } = options;

  async function token(address: string): Promise<string> {
    const iat = Math.floor(machineTime().getTime() / 1000);
    const claims = { iss: issuer, aud: address, iat, exp: iat + TOKEN_SECONDS, jti: randomUUID() };
    return options.key().sign(claims, { jku: options.keysUrl });
  }

  async function post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const address = `${base}${path}`;
    const response = await options.fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${await token(address)}` },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    if (!response.ok) throw new Error(`The service answered ${response.status}`);
    return response.json();
  }

  const cardOf = (service: string, card: z.output<typeof Answer>['cards'][number]): Card => ({
    service,
    uuid: card.uuid,
    summary: card.summary,
    detail: card.detail,
    indicator: card.indicator,
    source: card.source.label,
    overrideReasons: card.overrideReasons,
    links: card.links
      .filter(({ type, url }) => type === 'smart' && url === options.launchUrl)
      .map(({ label, url, appContext }) => ({ label, url, appContext })),
    // What would do more than change an order, or several things at once, is not offered.
    suggestions: card.suggestions.flatMap(({ label, uuid, actions }) => {
      const [action] = actions;
      const order = action?.type === 'update' && actions.length === 1 ? action.resource : undefined;
      return action && order?.['resourceType'] === 'ServiceRequest' ? [{ label, uuid, description: action.description, order }] : [];
    }),
  });

  async function tell(service: string, feedback: Record<string, unknown>): Promise<void> {
    const given = { feedback: [{ ...feedback, outcomeTimestamp: now().toISOString() }] };
    try {
      await post(`/cds-services/${encodeURIComponent(service)}/feedback`, given, AbortSignal.timeout(PATIENCE_MS));
    } catch {
      // The chart has done it either way.
    }
  }

  return {
    cards: async (hook, context) => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      try {
        const discovery = await options.fetch(`${base}/cds-services`, { redirect: 'error', signal });
        const { services } = Discovery.parse(await discovery.json());
        const asked = services
          .filter((service) => service.hook === hook)
          .map(async ({ id, prefetch }) => {
            const call = {
              hook,
              hookInstance: randomUUID(),
              fhirServer: options.fhirServer,
              context,
              prefetch: await prefetched(options.repository, prefetch, context),
            };
            return Answer.parse(await post(`/cds-services/${id}`, call, signal)).cards.map((card) => cardOf(id, card));
          });
        return { kind: 'cards', cards: (await Promise.all(asked)).flat() };
      } catch {
        return { kind: 'unanswered' };
      }
    },
    accept: (service, card, suggestion) => tell(service, { card, outcome: 'accepted', acceptedSuggestions: [{ id: suggestion }] }),
    dismiss: (service, card, reason) => tell(service, { card, outcome: 'overridden', ...(reason ? { overrideReason: { reason } } : {}) }),
  };
}
