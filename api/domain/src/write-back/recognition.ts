/**
 * Whether an entry of the chart is what Refloop wrote, where the EHR kept no identifier of ours on it. Judged by what was
 * written: patient (checked by the caller), code, author, time and content, as far as the EHR still says them. What it says nothing
 * of counts neither way; one contradiction is enough for "not ours"; too little said is "perhaps", and a person decides.
 */
import { attachmentText } from '../chart/attachment-text.ts';
import type { Resource } from '../fhir/ehr-port.ts';
import { codeOf, concept, type Json, list, object, target, text } from '../fhir/read.ts';
import type { Instant } from '../instant.ts';
import type { StepName } from '../referral/event.ts';
import { OUR_SYSTEMS } from './identifiers.ts';

export type Likeness = 'ours' | 'perhaps' | 'not-ours';
type Evidence = 'same' | 'different' | 'silent';

/** The time in which it can have been written: from the approval until now, both ISO 8601. */
export type WrittenWithin = { from: Instant; until: Instant };

/** Clocks of two machines differ, and an EHR may cut its times to the minute. */
const TOLERANCE_MILLISECONDS = 2 * 60_000;

function timeOf(found: Json, fields: readonly string[], { from, until }: WrittenWithin): Evidence {
  // When the EHR stored it says most; a time that we sent along and it kept says the same.
  const said = [text(object(found['meta'])['lastUpdated']), ...fields.map((field) => text(found[field]))].filter(
    (each) => each.includes('T') && !Number.isNaN(Date.parse(each)),
  );
  if (said.length === 0) return 'silent';
  const earliest = Date.parse(from) - TOLERANCE_MILLISECONDS;
  const latest = Date.parse(until) + TOLERANCE_MILLISECONDS;
  return said.every((each) => Date.parse(each) >= earliest && Date.parse(each) <= latest) ? 'same' : 'different';
}

/** Type and id of every reference in the field, one or a list; references by identifier alone have none. */
const targetsIn = (value: unknown): { type?: string; id: string }[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each) => target(each) ?? []);

/** An EHR may name a person by another of its resources: only the same type can contradict. */
function person(found: unknown, planned: unknown): Evidence {
  const [wanted] = targetsIn(planned);
  const said = targetsIn(found).filter(({ type }) => wanted !== undefined && (type === undefined || type === wanted.type));
  if (!wanted || said.length === 0) return 'silent';
  return said.some(({ id }) => id === wanted.id) ? 'same' : 'different';
}

/** `planned` names one resource among what is found. */
function names(found: unknown, planned: unknown): Evidence {
  const wanted = targetsIn(planned);
  const said = targetsIn(found);
  if (wanted.length === 0 || said.length === 0) return 'silent';
  return wanted.every((each) => said.some(({ type, id }) => id === each.id && (type ?? each.type) === each.type)) ? 'same' : 'different';
}

/** Every code that was written is there; an EHR may add translations. */
function code(found: unknown, planned: unknown): Evidence {
  const wanted = concept(planned).codings.flatMap((each) => each.code ?? []);
  const said = concept(found).codings.flatMap((each) => each.code ?? []);
  if (wanted.length === 0 || said.length === 0) return 'silent';
  return wanted.every((each) => said.includes(each)) ? 'same' : 'different';
}

const npiOf = (value: unknown): string => text(object(object(value)['identifier'])['value']);

/** The performer by NPI, by reference, else by the name it was written with. */
function performer(found: unknown, planned: unknown): Evidence {
  const [wanted] = list(Array.isArray(planned) ? planned : [planned]);
  const said = list(Array.isArray(found) ? found : [found]).filter((each) => Object.keys(each).length > 0);
  if (!wanted || Object.keys(wanted).length === 0 || said.length === 0) return 'silent';
  const same = (each: Json): Evidence => {
    if (npiOf(wanted) !== '' && npiOf(each) !== '') return npiOf(each) === npiOf(wanted) ? 'same' : 'different';
    if (target(each) && target(wanted)) return person(each, wanted) === 'same' ? 'same' : 'different';
    const [name, wantedName] = [text(each['display']).toLowerCase(), text(wanted['display']).toLowerCase()];
    if (name === '' || wantedName === '') return 'silent';
    return name === wantedName ? 'same' : 'silent';
  };
  const answers = said.map(same);
  return answers.includes('same') ? 'same' : answers.includes('silent') ? 'silent' : 'different';
}

const withoutSpaces = (words: string): string => words.replace(/\s+/g, '');

/** Plain text is compared by its words, since EHRs change line ends; anything else by its bytes. */
function bodyOf(attachment: Json): string | undefined {
  const words = attachmentText(attachment);
  if (words !== undefined) return `text ${withoutSpaces(words)}`;
  const data = attachment['data'];
  return typeof data === 'string' ? `data ${data.replace(/[\s=]+/g, '')}` : undefined;
}

/** What a document or a message holds: its attachments, and words that stand there by themselves. */
const partsOf = (found: Json): Json[] => [
  ...list(found['content']).map((each) => object(each['attachment'])),
  ...list(found['payload']).map((each) => (typeof each['contentString'] === 'string' ? each : object(each['contentAttachment']))),
];

const bodiesOf = (found: Json): (string | undefined)[] =>
  partsOf(found).map((each) => (typeof each['contentString'] === 'string' ? `text ${withoutSpaces(each['contentString'])}` : bodyOf(each)));

/** A few words stand in many notes. */
const SHORTEST_TO_CONTAIN = 80;

/** An EHR may put words of its own around a text; what it holds instead of ours is another note. */
const holds = (said: string, wanted: string): boolean =>
  said === wanted || (said.startsWith('text ') && wanted.length >= SHORTEST_TO_CONTAIN && said.includes(wanted.slice(5)));

function content(found: Json, planned: Json): Evidence {
  const wanted = bodiesOf(planned).flatMap((each) => each ?? []);
  const said = bodiesOf(found);
  if (wanted.some((each) => said.some((body) => body !== undefined && holds(body, each)))) return 'same';
  // Where the content lies elsewhere it may still be ours: the caller fetches it, or a person looks.
  return said.length > 0 && said.every((body) => body !== undefined) ? 'different' : 'silent';
}

/** The addresses of a document's or a message's content that is not in it. */
export const contentAddresses = (document: Resource): string[] =>
  partsOf(document)
    .filter((each) => typeof each['data'] !== 'string')
    .flatMap((each) => text(each['url']) || []);

/** The document with the content that was fetched for its addresses, base64 by address. */
export const withContent = (document: Resource, fetched: ReadonlyMap<string, string>): Resource => ({
  ...document,
  ...withData(document, 'content', 'attachment', fetched),
  ...withData(document, 'payload', 'contentAttachment', fetched),
});

function withData(document: Resource, parts: string, element: string, fetched: ReadonlyMap<string, string>): Json {
  if (document[parts] === undefined) return {};
  const filled = list(document[parts]).map((each) => {
    const attachment = object(each[element]);
    const data = fetched.get(text(attachment['url']));
    return data === undefined ? each : { ...each, [element]: { ...attachment, data } };
  });
  return { [parts]: filled };
}

const detailOf = (order: Json): string =>
  list(order['orderDetail'])
    .map((each) => text(each['text']))
    .join('\n');

/** Our own line among the details. An EHR may word details anew, so that a difference says nothing. */
const sameDetail = (found: Json, planned: Json): Evidence => {
  const [said, wanted] = [detailOf(found), detailOf(planned)];
  return wanted !== '' && said === wanted ? 'same' : 'silent';
};

/** Which document the order names; its supportingInfo may hold others of the chart besides. */
const noteOf = (order: Json): unknown =>
  (Array.isArray(order['supportingInfo']) ? order['supportingInfo'] : []).filter(
    (each: unknown) => target(each)?.type === 'DocumentReference',
  );

type Traits = {
  /** What nothing else in the chart shares. */
  own: Evidence[];
  /** What others may share; each can contradict. */
  shared: Evidence[];
};

const traits: Record<StepName, (found: Json, planned: Json, within: WrittenWithin) => Traits> = {
  DocumentReference: (found, planned, within) => ({
    own: [content(found, planned)],
    shared: [code(found['type'], planned['type']), person(found['author'], planned['author']), timeOf(found, ['date'], within)],
  }),
  ServiceRequest: (found, planned, within) => {
    const note = names(noteOf(found), noteOf(planned));
    return {
      own: [note, sameDetail(found, planned)],
      shared: [
        code(found['code'], planned['code']),
        performer(found['performer'], planned['performer']),
        person(found['requester'], planned['requester']),
        // The note was filed a moment before: what names it is younger, whatever the EHR's clock says.
        note === 'same' ? 'silent' : timeOf(found, ['authoredOn'], within),
      ],
    };
  },
  Communication: (found, planned, within) => ({
    own: [content(found, planned)],
    shared: [
      code(list(found['category'])[0], list(planned['category'])[0]),
      performer(found['recipient'], planned['recipient']),
      person(found['sender'], planned['sender']),
      names(found['basedOn'], planned['basedOn']),
      timeOf({ meta: found['meta'], noted: list(found['note'])[0]?.['time'] }, ['noted'], within),
    ],
  }),
  Task: (found, planned, within) => ({
    own: [names(found['focus'], planned['focus'])],
    shared: [
      code(found['code'], planned['code']),
      performer(found['owner'], planned['owner']),
      person(found['requester'], planned['requester']),
      timeOf(found, ['authoredOn'], within),
    ],
  }),
  Provenance: (found, planned, within) => ({
    own: [names(found['target'], planned['target'])],
    shared: [person(agents(found), agents(planned)), timeOf(found, ['recorded'], within)],
  }),
};

const agents = (provenance: Json): unknown =>
  list(provenance['agent'])
    .filter((each) => codeOf(each['type']) !== 'assembler')
    .map((each) => each['who']);

/** Values of our own business identifiers, by system, wherever in the resource they stand. */
function marksIn(value: unknown, marks = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (Array.isArray(value)) for (const each of value) marksIn(each, marks);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return marks;
  const { system, value: marked } = value as Json;
  if (typeof system === 'string' && typeof marked === 'string' && system.startsWith(OUR_SYSTEMS))
    marks.set(system, (marks.get(system) ?? new Set()).add(marked));
  for (const each of Object.values(value)) marksIn(each, marks);
  return marks;
}

/** Two approvals may say the same words of one patient within a minute: what bears the identifier of the other is the other's. */
function isMarkedOtherwise(found: Resource, planned: Resource): boolean {
  const wanted = marksIn(planned);
  return [...marksIn(found)].some(([system, values]) => {
    const ours = wanted.get(system);
    return ours !== undefined && ![...values].some((each) => ours.has(each));
  });
}

/** At least this many traits besides the own one must be the same before anything is called ours. */
const ENOUGH = 2;

/** @param planned the resource as it was sent, its placeholders filled */
export function likeness(found: Resource, planned: Resource, name: StepName, within: WrittenWithin): Likeness {
  if (isMarkedOtherwise(found, planned)) return 'not-ours';
  const { own, shared } = traits[name](found, planned, within);
  if (own.includes('different') || shared.includes('different')) return 'not-ours';
  const agreeing = shared.filter((each) => each === 'same').length;
  return own.includes('same') && agreeing >= ENOUGH ? 'ours' : own.includes('same') || agreeing >= ENOUGH ? 'perhaps' : 'not-ours';
}

/**
 * The launched order after an update of which nothing was heard: its version moved on, and it says what was approved. Whoever wrote
 * it, that is what the clinician decided; anything else is somebody's change and comes back to them.
 */
export function holdsApproved(found: Resource, planned: Resource, approvedVersion: string): boolean {
  if (found.meta?.versionId === approvedVersion) return false;
  const own = [names(noteOf(found), noteOf(planned)), sameDetail(found, planned)];
  const shared = [code(found['code'], planned['code']), performer(found['performer'], planned['performer'])];
  return ![...own, ...shared].includes('different') && own.includes('same') && shared.includes('same');
}
