/**
 * The FHIR R4 resources of an approved referral (profile sources: BSeR 2.0.0-ballot ReferralServiceRequest and
 * ReferralTask, Gravity SDOH-CC 3.0.0 for the draft/requested wire statuses, US Core 6.1.0 for the rest).
 * `{{Step}}` stands for `Type/id` of what an earlier step wrote; `{{Step:versioned}}` for `Type/id/_history/v`.
 */
import { attachmentText } from '../chart/attachment-text.ts';
import { type Specialty, specialtyInSentence } from '../clinical/specialty.ts';
import type { ReferralKind } from '../drafting/referral-kind.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import type { Performer } from '../referral/event.ts';
import {
  APPROVAL_IDENTIFIER_SYSTEM,
  MESSAGE_IDENTIFIER_SYSTEM,
  NOTE_IDENTIFIER_SYSTEM,
  NPI_SYSTEM,
  placerIdentifier,
  TASK_IDENTIFIER_SYSTEM,
  taskKey,
} from './identifiers.ts';

export type Json = { [key: string]: unknown };

/** Everything the plan is built from; nothing is looked up while it is built. */
export type ApprovedReferral = {
  referralId: string;
  approvalId: string;
  approvedAt: Instant;
  attempt: number;
  patientId: string;
  /** Relative reference of the approving clinician in the EHR. */
  requester: string;
  requesterDisplay: string;
  /** Who prepared it for the clinician to sign; null where the clinician did. */
  enterer: { reference: string; display: string } | null;
  specialty: Specialty;
  urgency: Urgency;
  kind: ReferralKind;
  kindDisplay: string;
  visits: number;
  performer: Performer;
  /** The performer as found in the EHR by NPI; null when the EHR does not know them. */
  performerInEhr: { reference: string; display: string } | null;
  reasonText: string;
  reasonCodes: { system: string; code: string; display?: string | undefined }[];
  /** Conditions in the chart that the reason rests on. */
  reasonReferences: ResourceRef[];
  coverage: ResourceRef | null;
  encounter: ResourceRef | null;
  /** The note as signed, base64 of its UTF-8 text, and its plain length in bytes. */
  note: { base64: string; bytes: number; title: string };
  /** The whole packet as a PDF, base64, with its length in bytes; filed before the plain text. Null where only the text goes. */
  packet: { base64: string; bytes: number } | null;
  /** A note already filed under an approval that lapsed; the new one replaces it. */
  replacesNote: ResourceRef | null;
  /** Chart resources the signed note rests on. */
  sources: ResourceRef[];
  software: { name: string; version: string }[];
};

const subject = (referral: Pick<ApprovedReferral, 'patientId'>): Json => ({ reference: `Patient/${referral.patientId}` });
const requester = (referral: Pick<ApprovedReferral, 'requester' | 'requesterDisplay'>): Json => ({
  reference: referral.requester,
  display: referral.requesterDisplay,
});

/** R19: routine → routine, urgent → urgent, emergency → stat. */
const PRIORITY: Record<Urgency, string> = { routine: 'routine', urgent: 'urgent', emergency: 'stat' };

/**
 * A literal reference where the EHR knows the performer, else a logical one that every server accepts. The NPI stands in
 * both: it is what was approved, and shows when a reference leads to somebody else.
 */
export function performerReference(
  referral: Pick<ApprovedReferral, 'performerInEhr'> & { performer: Pick<Performer, 'npi' | 'display'> },
): Json {
  const identifier = { system: NPI_SYSTEM, value: referral.performer.npi };
  const { performerInEhr } = referral;
  if (performerInEhr) return { reference: performerInEhr.reference, identifier, display: performerInEhr.display };
  return { type: 'PractitionerRole', identifier, display: referral.performer.display };
}

const attachment = (referral: ApprovedReferral, contentType: string, { base64, bytes }: { base64: string; bytes: number }): Json => ({
  attachment: { contentType, language: 'en', data: base64, size: bytes, title: referral.note.title, creation: referral.approvedAt },
});

export function documentReference(referral: ApprovedReferral, relatedOrder: string | null): Json {
  const context: Json = {};
  if (referral.encounter) context['encounter'] = [{ reference: referenceText(referral.encounter) }];
  if (relatedOrder) context['related'] = [{ reference: relatedOrder }];
  return {
    resourceType: 'DocumentReference',
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference'] },
    identifier: [{ system: NOTE_IDENTIFIER_SYSTEM, value: referral.approvalId }, placerIdentifier(referral.referralId)],
    status: 'current',
    docStatus: 'final',
    type: REFERRAL_NOTE,
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
            display: 'Clinical Note',
          },
        ],
      },
    ],
    subject: subject(referral),
    date: referral.approvedAt,
    author: [requester(referral)],
    ...(referral.replacesNote ? { relatesTo: [{ code: 'replaces', target: { reference: referenceText(referral.replacesNote) } }] } : {}),
    content: [
      // Readers that show one attachment show the first: the packet, which holds the whole note.
      ...(referral.packet ? [attachment(referral, 'application/pdf', referral.packet)] : []),
      attachment(referral, 'text/plain; charset=utf-8', referral.note),
    ],
    ...(Object.keys(context).length > 0 ? { context } : {}),
  };
}

/** LOINC 57133-1 is "Referral note"; it is not in the Consultant Report value set, so it never counts as a report. */
const REFERRAL_NOTE: Json = {
  coding: [{ system: 'http://loinc.org', code: '57133-1', display: 'Referral note' }],
  text: 'Referral note',
};

const NOT_SENT =
  'Kept here by Refloop with the clinician’s approval, since this EHR takes no orders or documents from apps. It was sent to nobody, and it is not an order: the order is placed or signed in the EHR.';

/**
 * The approved referral as a message in the chart (FHIR R4 Communication; US Core 6.1.0 has no profile of it). Its status is `preparation`,
 * in R4's event-status "has not started yet", and it has no `sent`: nothing has gone to the recipient. `basedOn` is what servers search the
 * order's messages by, `about` what R4 associates it with; both name the launched order.
 */
export function communication(referral: ApprovedReferral, launchedOrder: string | null): Json {
  const order = launchedOrder ? [{ reference: launchedOrder }] : [];
  const reasons = reasonCodes(referral, undefined);
  const words = attachmentText({ contentType: 'text/plain', data: referral.note.base64 });
  return {
    resourceType: 'Communication',
    identifier: [{ system: MESSAGE_IDENTIFIER_SYSTEM, value: referral.approvalId }, placerIdentifier(referral.referralId)],
    ...(launchedOrder ? { basedOn: order, about: order } : {}),
    status: 'preparation',
    category: [REFERRAL_NOTE],
    priority: PRIORITY[referral.urgency],
    subject: subject(referral),
    topic: { text: referral.note.title },
    ...(referral.encounter ? { encounter: { reference: referenceText(referral.encounter) } } : {}),
    recipient: [performerReference(referral)],
    sender: requester(referral),
    ...(reasons.length > 0 ? { reasonCode: reasons } : {}),
    ...(referral.reasonReferences.length > 0
      ? { reasonReference: referral.reasonReferences.map((each) => ({ reference: referenceText(each) })) }
      : {}),
    payload: [
      // Every reader shows words; the packet comes after them, and is left out where an EHR refuses attachments.
      words === undefined
        ? { contentAttachment: attachment(referral, 'text/plain; charset=utf-8', referral.note)['attachment'] }
        : { contentString: words },
      ...(referral.packet ? [{ contentAttachment: attachment(referral, 'application/pdf', referral.packet)['attachment'] }] : []),
    ],
    note: [{ authorReference: requester(referral), time: referral.approvedAt, text: NOT_SENT }],
  };
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Adds an item unless it is there by these fields, whatever else the EHR says of it: a resumed write changes nothing. */
function withItem(list: unknown, item: Json, sameBy: readonly string[]): Json[] {
  const items = listOf(list);
  return items.some((each) => sameBy.every((field) => each[field] === item[field])) ? items : [...items, item];
}

const ORDER_DETAIL = /; visits asked for: \d+\s*$/i;

/** What the orderer asked for stays; our own line is replaced. */
const orderDetails = (list: unknown, referral: ApprovedReferral): Json[] => [
  ...listOf(list).filter((each) => typeof each['text'] !== 'string' || !ORDER_DETAIL.test(each['text'])),
  { text: `${referral.kindDisplay}; visits asked for: ${referral.visits}` },
];

/**
 * One concept per reason: codings of one CodeableConcept are translations of each other, so that two diagnoses in one would
 * be a false statement. Codes keep the grouping the order gave them; the clinician's words stand on the first.
 */
function reasonCodes(referral: ApprovedReferral, list: unknown): Json[] {
  const same = (one: Json, other: Json): boolean => one['system'] === other['system'] && one['code'] === other['code'];
  const wanted: Json[] = referral.reasonCodes.map((each) => ({ ...each }));
  const held = listOf(list)
    .map((concept) => listOf(concept['coding']).filter((coding) => wanted.some((each) => same(each, coding))))
    .filter((codings) => codings.length > 0);
  const added = wanted.filter((each) => !held.some((codings) => codings.some((coding) => same(coding, each)))).map((each) => [each]);
  const concepts: Json[] = [...held, ...added].map((coding) => ({ coding }));
  if (referral.reasonText === '') return concepts;
  const [first = {}, ...others] = concepts;
  return [{ ...first, text: referral.reasonText }, ...others];
}

/**
 * The order. Updating keeps everything of the launched order that is not ours to set, unknown extensions included
 * (CRD 2.2.1: clients shall retain coverage-information).
 */
export function serviceRequest(referral: ApprovedReferral, launched: Json | null): Json {
  // Of the choice quantity[x] only one form may be there, and ours is the Quantity.
  const {
    quantityRange: _range,
    quantityRatio: _ratio,
    quantityQuantity: _quantity,
    ...kept
  } = launched ? structuredCloneJson(launched) : {};
  const base: Json = launched ? kept : { resourceType: 'ServiceRequest', intent: 'order', subject: subject(referral) };
  const nucc = { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: referral.performer.nucc }] };
  const { code, display } = referral.specialty.referral;
  const reasons = reasonCodes(referral, base['reasonCode']);
  const order: Json = {
    ...base,
    status: 'active',
    intent: 'order',
    identifier: withItem(base['identifier'], placerIdentifier(referral.referralId) as unknown as Json, ['system', 'value']),
    category: withCategory(base['category']),
    // The code comes from the CMS50 "Referral" value set; 3457005 alone would drop the referral out of the measure.
    code: { coding: [{ system: 'http://snomed.info/sct', code, display }], text: `Referral to ${specialtyInSentence(referral.specialty)}` },
    orderDetail: orderDetails(base['orderDetail'], referral),
    ...(referral.visits === 0 ? {} : { quantityQuantity: { value: referral.visits, unit: 'visits' } }),
    priority: PRIORITY[referral.urgency],
    authoredOn: base['authoredOn'] ?? referral.approvedAt,
    // What was prepared for a signature is the signing clinician's order, whoever the draft named; else who ordered stays.
    requester: referral.enterer ? requester(referral) : (base['requester'] ?? requester(referral)),
    performerType: nucc,
    performer: [performerReference(referral)],
    supportingInfo: withItem(base['supportingInfo'], { reference: '{{DocumentReference}}' }, ['reference']),
  };
  if (reasons.length > 0) order['reasonCode'] = reasons;
  for (const reference of referral.reasonReferences) {
    order['reasonReference'] = withItem(order['reasonReference'], { reference: referenceText(reference) }, ['reference']);
  }
  if (referral.coverage) order['insurance'] = withItem(order['insurance'], { reference: referenceText(referral.coverage) }, ['reference']);
  if (referral.encounter && !order['encounter']) order['encounter'] = { reference: referenceText(referral.encounter) };
  return order;
}

const PATIENT_REFERRAL: Json = { coding: [{ system: 'http://snomed.info/sct', code: '3457005', display: 'Patient referral' }] };

function withCategory(list: unknown): Json[] {
  const items = listOf(list);
  const there = items.some((item) => listOf(item['coding']).some((coding) => coding['code'] === '3457005'));
  return there ? items : [...items, PATIENT_REFERRAL];
}

/** What a fulfilment Task is made of. */
export type TaskGiven = Pick<
  ApprovedReferral,
  | 'referralId'
  | 'attempt'
  | 'approvedAt'
  | 'patientId'
  | 'urgency'
  | 'encounter'
  | 'requester'
  | 'requesterDisplay'
  | 'performer'
  | 'performerInEhr'
>;

/** Task A, the fulfilment: `draft` until something is transmitted; focus and basedOn both name the order. */
export function fulfilmentTask(referral: TaskGiven): Json {
  return {
    resourceType: 'Task',
    identifier: [
      { system: TASK_IDENTIFIER_SYSTEM, value: taskKey(referral.referralId, referral.attempt) },
      placerIdentifier(referral.referralId),
    ],
    groupIdentifier: placerIdentifier(referral.referralId),
    basedOn: [{ reference: '{{ServiceRequest}}' }],
    status: 'draft',
    businessStatus: {
      coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code: '2.0' }],
      text: 'Created, not sent',
    },
    intent: 'order',
    priority: PRIORITY[referral.urgency],
    code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
    focus: { reference: '{{ServiceRequest}}' },
    for: subject(referral),
    ...(referral.encounter ? { encounter: { reference: referenceText(referral.encounter) } } : {}),
    authoredOn: referral.approvedAt,
    lastModified: referral.approvedAt,
    requester: requester(referral),
    owner: performerReference(referral),
  };
}

/** Who approved what, with which software. No AIAST label: composer and ranker are rules, not a model. */
export function provenance(referral: ApprovedReferral): Json {
  const participant = (code: string): Json => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code }],
  });
  return {
    resourceType: 'Provenance',
    contained: referral.software.map((software, index) => ({
      resourceType: 'Device',
      id: `software-${index + 1}`,
      deviceName: [{ name: software.name, type: 'user-friendly-name' }],
      version: [{ value: software.version }],
    })),
    target: [{ reference: '{{ServiceRequest:versioned}}' }, { reference: '{{DocumentReference}}' }],
    recorded: referral.approvedAt,
    agent: [
      { type: participant('author'), who: requester(referral) },
      { type: participant('verifier'), who: requester(referral) },
      // "A person entering the data into the originating system", on behalf of who signs: never the author.
      ...(referral.enterer ? [{ type: participant('enterer'), who: referral.enterer, onBehalfOf: requester(referral) }] : []),
      ...referral.software.map((software, index) => ({
        type: participant('assembler'),
        who: { reference: `#software-${index + 1}`, display: `${software.name} ${software.version}` },
      })),
    ],
    entity: [
      { role: 'derivation', what: { identifier: { system: APPROVAL_IDENTIFIER_SYSTEM, value: referral.approvalId } } },
      ...referral.sources.map((source) => ({ role: 'source', what: { reference: referenceText(source) } })),
    ],
  };
}

/** JSON values only, so a round trip is an exact copy. */
const structuredCloneJson = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;
