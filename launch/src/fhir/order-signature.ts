/**
 * Unsigned orders. In an EHR with this habit an app may prepare an order, and only a clinician makes it one: what is written as
 * `active` is stored as `draft` with a tag, answered like that, and becomes `active` when it is signed in the chart.
 */
import type { Resource, ServiceRequest } from '@medplum/fhirtypes';

const SYSTEM = 'urn:refloop:sandbox:order-state';
const CODE = 'unsigned';

const isMark = (tag: { system?: string; code?: string }): boolean => tag.system === SYSTEM && tag.code === CODE;

/** Whether the order waits for a signature in the EHR. */
export const isUnsigned = (order: Pick<ServiceRequest, 'status' | 'meta'>): boolean =>
  order.status === 'draft' && (order.meta?.tag ?? []).some(isMark);

function withMark(order: ServiceRequest, unsigned: boolean): ServiceRequest {
  const { tag: before, ...meta } = order.meta ?? {};
  const others = (before ?? []).filter((tag) => !isMark(tag));
  const tags = unsigned ? [...others, { system: SYSTEM, code: CODE, display: 'Unsigned order' }] : others;
  return { ...order, meta: { ...meta, ...(tags.length > 0 ? { tag: tags } : {}) } };
}

/**
 * What is stored of an order that an app writes. One that was signed before stays active; one that waits goes on waiting while it
 * is edited; any other status (revoked, for instance) is taken as it comes. The mark is the EHR's alone: an app can neither set nor remove it.
 */
export function awaitingSignature(incoming: Resource, before: Resource | undefined): Resource {
  if (incoming.resourceType !== 'ServiceRequest') return incoming;
  const stored = before?.resourceType === 'ServiceRequest' ? before : undefined;
  if (incoming.status === 'active' && stored?.status !== 'active') return withMark({ ...incoming, status: 'draft' }, true);
  return withMark(incoming, incoming.status === 'draft' && stored !== undefined && isUnsigned(stored));
}

/** The order once a clinician signed it. */
export const signed = <Order extends ServiceRequest>(order: Order): Order => ({ ...withMark(order, false), status: 'active' }) as Order;
