/**
 * Notifications about Tasks (Subscriptions R4 Backport 1.1.0, rest-hook, id-only): a handshake once an app asks, then one for each change.
 * Sent once and not kept: what nobody hears is found by looking. Only registered apps are called.
 */
import { randomUUID } from 'node:crypto';
import type { Subscription, Task } from '@medplum/fhirtypes';
import type { Repository } from '../fhir/repository.ts';

export const TASK_TOPIC = 'http://hl7.org/fhir/us/sdoh-clinicalcare/SubscriptionTopic/Task';
const PROFILE = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4';
const PATIENCE_MS = 5000;

export type NotifierOptions = {
  repository: Repository;
  fhirBase: string;
  /** Origins that may be called. */
  origins: readonly string[];
  now: () => Date;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

export type Notifier = {
  /** Something may have changed: looks, and tells whoever asked. */
  look: () => Promise<void>;
};

type Kind = 'handshake' | 'event-notification';

function notification(base: string, subscription: Subscription, kind: Kind, tasks: readonly Task[], before: number): object {
  const events = tasks.map((task, index) => ({
    name: 'notificationEvent',
    part: [
      { name: 'event-number', valueString: String(before + index + 1) },
      { name: 'focus', valueReference: { reference: `${base}/Task/${task.id}` } },
    ],
  }));
  const status = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${subscription.id}` } },
      { name: 'topic', valueCanonical: TASK_TOPIC },
      { name: 'status', valueCode: kind === 'handshake' ? 'requested' : 'active' },
      { name: 'type', valueCode: kind },
      { name: 'events-since-subscription-start', valueString: String(before + tasks.length) },
      ...events,
    ],
  };
  return {
    resourceType: 'Bundle',
    type: 'history',
    meta: { profile: [PROFILE] },
    entry: [
      {
        fullUrl: `urn:uuid:${randomUUID()}`,
        resource: status,
        request: { method: 'GET', url: `Subscription/${subscription.id}/$status` },
        response: { status: '200' },
      },
      ...tasks.map(({ id }) => ({
        fullUrl: `${base}/Task/${id}`,
        request: { method: 'PUT', url: `Task/${id}` },
        response: { status: '200' },
      })),
    ],
  };
}

export function createNotifier({ repository, fhirBase, origins, now, fetch }: NotifierOptions): Notifier {
  let since = now().toISOString();
  let told = new Set<string>();
  const counts = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();

  async function send(subscription: Subscription, kind: Kind, tasks: readonly Task[]): Promise<boolean> {
    const { endpoint = '', header = [] } = subscription.channel;
    if (!URL.canParse(endpoint) || !origins.includes(new URL(endpoint).origin)) return false;
    const headers = new Headers({ 'content-type': 'application/fhir+json' });
    for (const line of header) {
      const [name = '', ...value] = line.split(':');
      headers.set(name.trim(), value.join(':').trim());
    }
    const before = counts.get(subscription.id ?? '') ?? 0;
    const body = JSON.stringify(notification(fhirBase, subscription, kind, tasks, before));
    counts.set(subscription.id ?? '', before + tasks.length);
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return (await fetch(endpoint, { method: 'POST', headers, body, redirect: 'error', signal })).ok;
    } catch {
      return false;
    }
  }

  async function handshakes(): Promise<void> {
    const asked = await repository.search<Subscription>('Subscription', 'status=requested');
    for (const subscription of asked.matches) {
      const isOurs = subscription.criteria === TASK_TOPIC && subscription.channel.type === 'rest-hook';
      const isHeard = isOurs && (await send(subscription, 'handshake', []));
      await repository.update<Subscription>({ ...subscription, status: isHeard ? 'active' : 'error' });
    }
  }

  async function events(): Promise<void> {
    const changed = (await repository.search<Task>('Task', `_lastUpdated=ge${encodeURIComponent(since)}&_sort=_lastUpdated&_count=100`))
      .matches;
    const versionOf = ({ id, meta }: Task): string => `${id}/${meta?.versionId}`;
    const fresh = changed.filter((task) => !told.has(versionOf(task)));
    if (fresh.length === 0) return;
    told = new Set(changed.map(versionOf));
    since = changed.at(-1)?.meta?.lastUpdated ?? since;
    const active = await repository.search<Subscription>('Subscription', 'status=active');
    for (const subscription of active.matches) await send(subscription, 'event-notification', fresh);
  }

  return {
    look: () => {
      // Whoever asks now is told of what changes from now on.
      last = last
        .then(events)
        .then(handshakes)
        .catch(() => undefined);
      return last;
    },
  };
}
