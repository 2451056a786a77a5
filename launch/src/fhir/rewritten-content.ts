/** An EHR that keeps what an app writes in words and a form of its own, so that nobody gets back byte for byte what was sent. */
import type { Attachment, Binary, DocumentReference, Resource } from '@medplum/fhirtypes';

/** Stores another resource together with the one that is written, and answers the reference to it. */
export type Keep = (beside: Resource) => string;

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Instants to the second, UTC as an offset. */
function withoutFractions(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replace(INSTANT, (_, moment: string, zone: string) => `${moment}${zone === 'Z' ? '+00:00' : zone}`);
  }
  if (Array.isArray(value)) return value.map(withoutFractions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, name === 'meta' ? child : withoutFractions(child)]));
}

const CONCEPT = ['id', 'extension', 'coding', 'text'];

/** Names of codes, concepts and references as an old master file has them: in capitals. Notes are people's own words and stay. */
function inCapitals(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => inCapitals(item, name));
  if (typeof value !== 'object' || value === null || name === 'note' || name === 'meta') return value;
  const isConcept = Object.keys(value).every((key) => CONCEPT.includes(key));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]): [string, unknown] => {
      const isDisplay = key === 'display' || (key === 'text' && isConcept);
      return [key, isDisplay && typeof child === 'string' ? child.toUpperCase() : inCapitals(child, key)];
    }),
  );
}

/** The bytes lie in a Binary of the same patient; what described them is gone. */
function filedApart(attachment: Attachment, subject: DocumentReference['subject'], keep: Keep): Attachment {
  const { data, hash: _hash, size: _size, title: _title, ...described } = attachment;
  if (data === undefined) return described;
  const binary: Binary = {
    resourceType: 'Binary',
    contentType: attachment.contentType ?? 'application/octet-stream',
    ...(subject ? { securityContext: subject } : {}),
    data,
  };
  return { ...described, url: keep(binary) };
}

/** What is stored of a write: an order's names in capitals, a document's content in a Binary, every instant to the second. */
export function rewrittenContent(incoming: Resource, keep: Keep): Resource {
  const dated = withoutFractions(incoming) as Resource;
  if (dated.resourceType === 'ServiceRequest') return inCapitals(dated) as Resource;
  if (dated.resourceType !== 'DocumentReference') return dated;
  return {
    ...dated,
    content: dated.content.map((one) => ({ ...one, attachment: filedApart(one.attachment, dated.subject, keep) })),
  };
}
