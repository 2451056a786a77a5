/**
 * An EHR asked to notify us of its Tasks (Subscriptions R4 Backport 1.1.0, rest-hook, id-only). A notification tells us to look, and no more: what
 * it says is believed of nobody, so that a forged one costs a look and a lost one is found by the next.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { object, text } from '@refloop/domain/fhir/read';
import type { OwnAccess } from '../../ehr/system-access.ts';
import { digest, newToken } from '../../sessions/token.ts';
import { type Site, scopeOf } from '../../sites.ts';
import type { Store } from '../../store/store.ts';

/** Gravity SDOH-CC 3.0.0. */
const TASK_TOPIC = 'http://hl7.org/fhir/us/sdoh-clinicalcare/SubscriptionTopic/Task';
const PAYLOAD = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content';
/** Asked for and not yet known to have been taken. */
const PENDING = 'Subscription/pending';
/** One that was refused or went unheard is asked for again after this. */
const AGAIN_MS = 60 * 60_000;

/** How soon one that was not heard of is looked at again, and how late at most. */
const UNHEARD_MS = { first: 10_000, most: 15 * 60_000 };

/** In the address that an EHR is given; the same for the same site, and no secret. */
export const siteKey = ({ tenant, iss }: Pick<Site, 'tenant' | 'iss'>): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, iss]))
    .digest('hex')
    .slice(0, 24);

const subscriptionTo = (endpoint: string, secret: string): Resource => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'Refloop follows the Tasks of its referrals.',
  criteria: TASK_TOPIC,
  channel: {
    type: 'rest-hook',
    endpoint,
    payload: 'application/fhir+json',
    _payload: { extension: [{ url: PAYLOAD, valueCode: 'id-only' }] },
    header: [`Authorization: Bearer ${secret}`],
  },
});

export type SubscriptionDeps = { store: Store /** Where Refloop is reached. */; address: string; now: () => Date };

type Own = Extract<Awaited<ReturnType<OwnAccess>>, { ok: true }>;

/** Whether what the EHR keeps still leads to us: it does not where Refloop is reached at another address than when it asked. */
async function isInForce({ ehr }: Own, reference: string, endpoint: string): Promise<boolean> {
  const read = await ehr.get(reference);
  // One that does not answer now is asked at the next start.
  if (!read.ok) return read.refusal.kind !== 'http' || read.refusal.status >= 500 || read.refusal.status === 429;
  const channel = object(read.value['channel']);
  return channel['endpoint'] === endpoint && ['requested', 'active'].includes(text(read.value['status']));
}

/** Asks once, where the EHR offers it. @param verify whether what was asked for before still holds */
async function keepSubscribed({ store, address, now }: SubscriptionDeps, site: Site, own: Own, verify: boolean): Promise<void> {
  const { ehr, may } = own;
  if (!may('Subscription', 'create')) return;
  const scope = scopeOf(site);
  const known = await store.transaction(scope, ({ capture }) => capture.subscription());
  const isRecent = known !== undefined && now().getTime() - Date.parse(known.askedAt) < AGAIN_MS;
  const endpoint = `${address}/ehr-notifications/${siteKey(site)}`;
  const isPending = known?.reference === PENDING;
  if (known && isPending && isRecent) return;
  if (known && !isPending && (!verify || (await isInForce(own, known.reference, endpoint)))) return;
  const secret = newToken();
  const asked = { secretHash: digest(secret), askedAt: now().toISOString() };
  // On record before it is asked for: the handshake bears the secret already.
  await store.transaction(scope, ({ capture }) => capture.subscribe({ ...asked, reference: PENDING }));
  const written = await ehr.write({
    path: 'Subscription',
    method: 'POST',
    resource: subscriptionTo(endpoint, secret),
  });
  if (!written.ok || written.value.reference === undefined) return;
  const { reference } = written.value;
  await store.transaction(scope, ({ capture }) => capture.subscribe({ ...asked, reference }));
}

export type Subscriber = {
  /** Whether it is time to find out if what was asked for still holds. */
  isDue: (site: Site) => boolean;
  keep: (site: Site, own: Own) => Promise<void>;
};

/**
 * Finds out at the start of this process whether what was asked for still holds, and, as long as nothing was heard of it, again and again, later
 * each time: an EHR whose handshake met a Refloop that was just starting gives the subscription up, and tells nobody.
 */
export function createSubscriber(deps: SubscriptionDeps): Subscriber {
  const next = new Map<string, { at: number; wait: number }>();
  const isDue = ({ iss }: Site): boolean => (next.get(iss)?.at ?? 0) <= deps.now().getTime();
  return {
    isDue,
    keep: async (site, own) => {
      if (!isDue(site)) return keepSubscribed(deps, site, own, false);
      const wait = next.get(site.iss)?.wait ?? UNHEARD_MS.first;
      next.set(site.iss, { at: deps.now().getTime() + wait, wait: Math.min(2 * wait, UNHEARD_MS.most) });
      await keepSubscribed(deps, site, own, true);
      const known = await deps.store.transaction(scopeOf(site), ({ capture }) => capture.subscription());
      if (known?.heardAt !== null) next.set(site.iss, { at: Number.POSITIVE_INFINITY, wait });
    },
  };
}

const isSame = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

/** False where it bears no secret of this site's. */
export const heardFrom = (store: Store, site: Site, bearerHash: string | undefined, now: Date): Promise<boolean> =>
  store.transaction(scopeOf(site), async ({ capture }) => {
    const known = await capture.subscription();
    if (!known || bearerHash === undefined || !isSame(known.secretHash, bearerHash)) return false;
    await capture.heard(now.toISOString());
    await capture.wake();
    return true;
  });
