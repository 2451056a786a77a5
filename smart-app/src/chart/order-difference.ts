/** What changed in an order between the version the clinician saw and the one in the chart now, in words. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';

export type OrderChange = { element: string; label: string; before: string; after: string };

const LABELS: Readonly<Record<string, string>> = {
  status: 'Status',
  priority: 'Urgency',
  code: 'Service',
  reasonCode: 'Reason',
  reasonReference: 'Reason in the chart',
  note: 'Note',
  performer: 'Performer',
  performerType: 'Specialty',
  requester: 'Requested by',
  occurrencePeriod: 'Needed by',
  occurrenceDateTime: 'Needed on',
  supportingInfo: 'Attachments',
  insurance: 'Coverage',
  category: 'Category',
  encounter: 'Visit',
  quantityQuantity: 'Visits asked for',
  authoredOn: 'Ordered on',
  identifier: 'Identifiers',
  intent: 'Intent',
  orderDetail: 'Details',
};

/** Changes with every save and says nothing of the order. */
const BOOKKEEPING = new Set(['meta', 'text', 'id', 'resourceType']);

/** The readable core of an element: its text, displays, codes, references; plain JSON where none is there. */
export function plainValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return '';
  if (Array.isArray(value)) return value.map(plainValue).filter(Boolean).join('; ');
  const object = value as Record<string, unknown>;
  if (typeof object['text'] === 'string') return object['text'];
  if (Array.isArray(object['coding'])) return plainValue(object['coding']);
  if (typeof object['display'] === 'string') return object['display'];
  if (typeof object['reference'] === 'string') return object['reference'];
  if (typeof object['code'] === 'string') return object['code'];
  if (object['value'] !== undefined) return [object['value'], object['unit']].filter(Boolean).map(String).join(' ');
  if (object['start'] !== undefined || object['end'] !== undefined) return `${plainValue(object['start'])} to ${plainValue(object['end'])}`;
  return JSON.stringify(value);
}

/** Key order does not count: the same content is the same order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

export function orderDifference(before: Resource, after: Resource): OrderChange[] {
  const elements = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((element) => !BOOKKEEPING.has(element)).sort();
  return elements
    .filter((element) => JSON.stringify(canonical(before[element])) !== JSON.stringify(canonical(after[element])))
    .map((element) => ({
      element,
      label: LABELS[element] ?? element,
      before: plainValue(before[element]) || 'not set',
      after: plainValue(after[element]) || 'not set',
    }));
}
