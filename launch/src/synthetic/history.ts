/** Problems, medicines, allergies, procedures and smoking: what was known before this visit's results. */
import type { AllergyIntolerance, Condition, MedicationRequest, Observation, Procedure, Resource } from '@medplum/fhirtypes';
import { allergyEntries } from './allergies.ts';
import type { ChartContext } from './chart-context.ts';
import { coding, concept } from './codes.ts';
import { metaFor } from './resource-meta.ts';
import type { Medication, PastProcedure, Problem, Range, Scenario } from './scenario.ts';
import { securityLabels } from './sensitivity.ts';

const CONDITION_CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const CONDITION_VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CONDITION_CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

const daysOf = (context: ChartContext, range: Range): number => context.random.integer(range[0], range[1]);

function problem(context: ChartContext, entry: Problem): Condition {
  const onset = context.day(daysOf(context, entry.onset));
  return {
    resourceType: 'Condition',
    id: context.id('problem'),
    meta: metaFor('us-core-condition-problems-health-concerns', entry.sensitivity && securityLabels[entry.sensitivity]),
    clinicalStatus: { coding: [{ system: CONDITION_CLINICAL, code: entry.resolved ? 'resolved' : 'active' }] },
    verificationStatus: { coding: [{ system: CONDITION_VERIFICATION, code: 'confirmed' }] },
    category: [{ coding: [{ system: CONDITION_CATEGORY, code: 'problem-list-item', display: 'Problem List Item' }] }],
    code: concept('icd10cm', entry.icd10, entry.text),
    subject: context.patient,
    onsetDateTime: onset,
    recordedDate: onset,
    recorder: context.clinician,
  };
}

/** The problem list, in the order of the scenario, and this visit's diagnosis. */
export function conditionsOf(context: ChartContext, more: readonly Problem[] = []): Condition[] {
  const { scenario, member } = context;
  const problems = [...scenario.problems, ...more].map((entry) => problem(context, entry));
  if (scenario.reason.icd10 === undefined) return problems;
  return [
    ...problems,
    {
      resourceType: 'Condition',
      id: `${member.id}-diagnosis`,
      meta: metaFor('us-core-condition-encounter-diagnosis'),
      clinicalStatus: { coding: [{ system: CONDITION_CLINICAL, code: 'active' }] },
      verificationStatus: { coding: [{ system: CONDITION_VERIFICATION, code: 'confirmed' }] },
      category: [{ coding: [{ system: CONDITION_CATEGORY, code: 'encounter-diagnosis', display: 'Encounter Diagnosis' }] }],
      code: concept('icd10cm', scenario.reason.icd10),
      subject: context.patient,
      encounter: context.visit,
      recordedDate: context.day(1),
      recorder: context.clinician,
    },
  ];
}

function medication(context: ChartContext, entry: Medication): MedicationRequest {
  return {
    resourceType: 'MedicationRequest',
    id: context.id('medication'),
    meta: metaFor('us-core-medicationrequest', entry.sensitivity && securityLabels[entry.sensitivity]),
    status: entry.stopped ? (entry.stopped.reason === 'Course completed' ? 'completed' : 'stopped') : 'active',
    ...(entry.stopped ? { statusReason: { text: entry.stopped.reason } } : {}),
    intent: 'order',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'community', display: 'Community' }],
      },
    ],
    reportedBoolean: false,
    medicationCodeableConcept: concept('rxnorm', entry.rxnorm),
    subject: context.patient,
    authoredOn: context.day(daysOf(context, entry.started)),
    requester: context.clinician,
    dosageInstruction: [{ text: entry.directions }],
    ...(entry.stopped ? { dispenseRequest: { validityPeriod: { end: context.day(entry.stopped.daysAgo) } } } : {}),
  };
}

export const medicationsOf = (context: ChartContext, more: readonly Medication[] = []): MedicationRequest[] =>
  [...context.scenario.medications, ...more].map((entry) => medication(context, entry));

export function allergiesOf(context: ChartContext): AllergyIntolerance[] {
  return context.scenario.allergies.map((name) => {
    const entry = allergyEntries[name];
    return {
      resourceType: 'AllergyIntolerance',
      id: context.id('allergy'),
      meta: metaFor('us-core-allergyintolerance'),
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active', display: 'Active' }],
      },
      verificationStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code: 'confirmed', display: 'Confirmed' },
        ],
      },
      code: concept(entry.code.system, entry.code.code),
      patient: context.patient,
      recordedDate: context.day(context.random.integer(300, 1500)),
      recorder: context.clinician,
      ...(entry.known
        ? {
            type: 'allergy' as const,
            category: [entry.category],
            criticality: entry.criticality,
            reaction: [{ manifestation: [concept('snomed', entry.manifestation)], severity: entry.severity }],
          }
        : {}),
    };
  });
}

function procedure(context: ChartContext, entry: PastProcedure): Procedure {
  return {
    resourceType: 'Procedure',
    id: context.id('procedure'),
    meta: metaFor('us-core-procedure'),
    status: 'completed',
    code: { coding: [coding('snomed', entry.snomed)], text: entry.text },
    subject: context.patient,
    performedDateTime: context.day(entry.daysAgo),
  };
}

export const proceduresOf = (context: ChartContext): Procedure[] => context.scenario.procedures.map((entry) => procedure(context, entry));

const smokingCodes: Readonly<Record<Scenario['smoking'], string>> = { never: '266919005', former: '8517006', daily: '449868002' };

export function smokingStatusOf(context: ChartContext): Observation {
  return {
    resourceType: 'Observation',
    id: context.id('smoking'),
    meta: metaFor('us-core-smokingstatus'),
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'social-history', display: 'Social History' },
        ],
      },
    ],
    code: concept('loinc', '72166-2', 'Tobacco smoking status'),
    subject: context.patient,
    encounter: context.visit,
    effectiveDateTime: context.moment(1, '13:05'),
    performer: [context.clinician],
    valueCodeableConcept: concept('snomed', smokingCodes[context.scenario.smoking]),
  };
}

/** Everything of this file. */
export const historyOf = (
  context: ChartContext,
  extra: { problems: readonly Problem[]; medications: readonly Medication[] },
): Resource[] => [
  ...conditionsOf(context, extra.problems),
  ...medicationsOf(context, extra.medications),
  ...allergiesOf(context),
  ...proceduresOf(context),
  smokingStatusOf(context),
];
