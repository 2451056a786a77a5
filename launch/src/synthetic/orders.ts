/** Referral orders: the draft every chart has, and, in some, one that is already open or already answered. */
import type { DocumentReference, Encounter, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type { ChartContext } from './chart-context.ts';
import { coding, concept, consultNoteConcept, referralConcept } from './codes.ts';
import { documentOf } from './documents.ts';
import { specialistIn, specialistReference } from './practice.ts';
import { metaFor } from './resource-meta.ts';

const PATIENT_REFERRAL = '3457005';
const VISIT_AGO = 34;

type OrderFacts = { id: string; status: ServiceRequest['status']; daysAgo: number };

function referral(context: ChartContext, facts: OrderFacts): ServiceRequest {
  const { scenario, member } = context;
  const { icd10, text } = scenario.reason;
  return {
    resourceType: 'ServiceRequest',
    id: facts.id,
    meta: metaFor('us-core-servicerequest'),
    status: facts.status,
    intent: 'order',
    category: [{ coding: [coding('snomed', PATIENT_REFERRAL)] }],
    priority: scenario.priority,
    code: referralConcept(scenario.specialty),
    subject: context.patient,
    authoredOn: context.moment(facts.daysAgo, '13:29'),
    requester: context.clinician,
    reasonCode: [icd10 === undefined ? { text } : { coding: [coding('icd10cm', icd10)], text }],
    ...(icd10 === undefined ? {} : { reasonReference: [{ reference: `Condition/${member.id}-problem-1` }] }),
  };
}

/** The order the clinician has drafted at this visit and not yet signed. */
export function draftOrderOf(context: ChartContext, coverageIds: readonly string[]): ServiceRequest {
  const { scenario, member, random } = context;
  const asks = scenario.questions.length > 0 && !member.peculiarities?.includes('no-question');
  return {
    ...referral(context, { id: `${member.id}-referral`, status: 'draft', daysAgo: 1 }),
    encounter: context.visit,
    ...(coverageIds.length > 0 ? { insurance: coverageIds.map((id) => ({ reference: `Coverage/${id}` })) } : {}),
    ...(asks
      ? { note: [{ authorReference: context.clinician, time: context.moment(1, '13:29'), text: random.pick(scenario.questions) }] }
      : {}),
  };
}

/** A referral for the same specialty and problem that was sent three weeks ago and is not answered. */
function openReferral(context: ChartContext): ServiceRequest {
  return {
    ...referral(context, { id: `${context.member.id}-referral-open`, status: 'active', daysAgo: 21 }),
    performer: [specialistReference(specialistIn(context.scenario.specialty ?? ''))],
  };
}

/** A completed referral, the specialist's visit, and the note that came back. */
function specialistVisit(context: ChartContext): [ServiceRequest, Encounter, DocumentReference] {
  const specialty = SPECIALTIES.find((candidate) => candidate.id === context.scenario.specialty);
  if (!specialty) throw new Error(`Scenario "${context.scenario.id}" names no specialty to have visited.`);
  const specialist = specialistReference(specialistIn(specialty.id));
  const { member, scenario } = context;
  const order: ServiceRequest = {
    ...referral(context, { id: `${member.id}-referral-answered`, status: 'completed', daysAgo: 78 }),
    performer: [specialist],
  };
  const start = context.moment(VISIT_AGO, '15:00');
  const end = context.moment(VISIT_AGO, '15:40');
  const visit: Encounter = {
    resourceType: 'Encounter',
    id: `${member.id}-specialist-visit`,
    meta: metaFor('us-core-encounter'),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [concept('snomed', '37894004', `${specialty.name} visit`)],
    serviceType: {
      coding: specialty.nucc.slice(0, 1).map((code) => ({ system: 'http://nucc.org/provider-taxonomy', code })),
      text: specialty.name,
    },
    subject: context.patient,
    basedOn: [{ reference: `ServiceRequest/${order.id ?? ''}` }],
    participant: [
      {
        type: [
          {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PPRF', display: 'primary performer' }],
          },
        ],
        individual: specialist,
      },
    ],
    period: { start, end },
    reasonCode: order.reasonCode ?? [],
  };
  const note = documentOf(context, {
    id: `${member.id}-consult-note`,
    type: consultNoteConcept(specialty.id),
    title: `${specialty.name} consult note`,
    daysAgo: VISIT_AGO - 2,
    author: specialist,
    text: `Seen for: ${scenario.reason.text}.\n\nImpression: agree with the referring diagnosis.\nRecommendation: continue present treatment; return visit in four months.\n`,
    encounter: visit.id ?? '',
  });
  return [order, visit, { ...note, context: { ...note.context, related: [{ reference: `ServiceRequest/${order.id ?? ''}` }] } }];
}

/** What makes the draft order a duplicate, where the cast says so. */
export function earlierReferralsOf(context: ChartContext): Resource[] {
  const peculiarities = context.member.peculiarities ?? [];
  return [
    ...(peculiarities.includes('open-referral') ? [openReferral(context)] : []),
    ...(peculiarities.includes('recent-specialist-visit') ? specialistVisit(context) : []),
  ];
}
