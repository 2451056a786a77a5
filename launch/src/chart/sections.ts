/** The parts of a chart that are plain tables: what each reads, in which order, and what a row says. Orders have their own module. */
import type {
  AllergyIntolerance,
  Condition,
  Coverage,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Observation,
  Procedure,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Repository, Stored } from '../fhir/repository.ts';
import type { Html } from './layout.ts';
import { loadReferenceNames, type NameOf } from './reference-names.ts';
import {
  codeIn,
  conceptsText,
  conceptText,
  dateText,
  flagText,
  ICD_10_CM,
  idIn,
  periodText,
  referenceRangeText,
  resultText,
} from './wording.ts';

type Cell = Html | string;

type SectionDefinition<T extends Resource> = {
  id: string;
  heading: string;
  /** Said when there is nothing, because in a chart "none recorded" and "none" differ. */
  empty: string;
  resourceType: T['resourceType'];
  query: Record<string, string>;
  columns: string[];
  cells: (resource: Stored<T>, nameOf: NameOf, patientId: string) => Cell[];
  references?: (resource: T) => (Reference | undefined)[];
  /** Puts what matters now first among the rows of a page. */
  first?: (resource: T) => boolean;
};

export type SectionPage = {
  id: string;
  heading: string;
  empty: string;
  columns: string[];
  rows: Cell[][];
  total: number;
  nextCursor?: string;
};

export type Section = {
  id: string;
  heading: string;
  load: (repository: Repository, patientId: string, count: number, cursor?: string) => Promise<SectionPage>;
};

function section<T extends Resource>(definition: SectionDefinition<T>): Section {
  const { id, heading, empty, columns } = definition;
  return {
    id,
    heading,
    load: async (repository, patientId, count, cursor) => {
      const query = new URLSearchParams({ ...definition.query, patient: patientId, _count: String(count) });
      if (cursor !== undefined) query.set('_cursor', cursor);
      const found = await repository.search<T>(definition.resourceType, query);
      const { first } = definition;
      const resources = first ? [...found.matches.filter(first), ...found.matches.filter((one) => !first(one))] : found.matches;
      const nameOf = await loadReferenceNames(
        repository,
        resources.flatMap((resource) => definition.references?.(resource) ?? []),
      );
      return {
        id,
        heading,
        empty,
        columns,
        rows: resources.map((resource) => definition.cells(resource, nameOf, patientId)),
        total: found.total ?? resources.length,
        ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }),
      };
    },
  };
}

/** A date that stays on one line. */
const day = (text: string): Html => html`<span class="date">${text}</span>`;

const ACTIVE = new Set(['active', 'recurrence', 'relapse']);
const isActive = (concept: Condition['clinicalStatus']): boolean => (concept?.coding ?? []).some((coding) => ACTIVE.has(coding.code ?? ''));
const statusWord = (concept: Condition['clinicalStatus']): string => concept?.coding?.[0]?.code ?? 'not recorded';

const problems = section<Condition>({
  id: 'problems',
  heading: 'Problems',
  empty: 'No problems recorded.',
  resourceType: 'Condition',
  query: { _sort: '-recorded-date' },
  columns: ['Problem', 'Code', 'Status', 'Onset', 'Recorded'],
  cells: (condition) => [
    conceptText(condition.code),
    codeIn(condition.code, ICD_10_CM, 'http://snomed.info/sct') ?? '',
    statusWord(condition.clinicalStatus),
    day(dateText(condition.onsetDateTime) || periodText(condition.onsetPeriod)),
    day(dateText(condition.recordedDate)),
  ],
  first: (condition) => isActive(condition.clinicalStatus),
});

const medications = section<MedicationRequest>({
  id: 'medications',
  heading: 'Medications',
  empty: 'No medications recorded.',
  resourceType: 'MedicationRequest',
  query: { _sort: '-authoredon' },
  columns: ['Medication', 'Directions', 'Status', 'Ordered', 'By'],
  cells: (request, nameOf) => [
    conceptText(request.medicationCodeableConcept) || nameOf(request.medicationReference),
    (request.dosageInstruction ?? []).map((dosage) => dosage.text ?? dosage.patientInstruction ?? '').join(' '),
    request.status,
    day(dateText(request.authoredOn)),
    nameOf(request.requester),
  ],
  references: (request) => [request.requester],
  first: (request) => request.status === 'active',
});

const allergies = section<AllergyIntolerance>({
  id: 'allergies',
  heading: 'Allergies and intolerances',
  empty: 'No allergies recorded.',
  resourceType: 'AllergyIntolerance',
  query: {},
  columns: ['Substance', 'Reaction', 'Criticality', 'Status', 'Recorded'],
  cells: (allergy) => [
    conceptText(allergy.code),
    (allergy.reaction ?? []).map((reaction) => conceptsText(reaction.manifestation)).join('; '),
    allergy.criticality ?? '',
    statusWord(allergy.clinicalStatus),
    day(dateText(allergy.recordedDate)),
  ],
  first: (allergy) => isActive(allergy.clinicalStatus),
});

const observations = (id: string, heading: string, empty: string, query: Record<string, string>): Section =>
  section<Observation>({
    id,
    heading,
    empty,
    resourceType: 'Observation',
    query: { ...query, _sort: '-date' },
    columns: ['Date', 'Test', 'Result', 'Flag', 'Reference range'],
    cells: (observation) => {
      const flag = flagText(observation);
      return [
        day(dateText(observation.effectiveDateTime ?? observation.effectivePeriod?.start ?? observation.issued)),
        conceptText(observation.code),
        html`<span class="${flag === undefined ? '' : 'flagged'}">${resultText(observation)}</span>`,
        flag === undefined ? '' : html`<span class="flag"><span aria-hidden="true">▲</span> ${flag}</span>`,
        referenceRangeText(observation),
      ];
    },
  });

const VITAL_SIGNS = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
const results = observations('results', 'Results', 'No results recorded.', { 'category:not': VITAL_SIGNS });
const vitals = observations('vitals', 'Vital signs', 'No vital signs recorded.', { category: VITAL_SIGNS });

const coverage = section<Coverage>({
  id: 'coverage',
  heading: 'Coverage',
  empty: 'No coverage recorded.',
  resourceType: 'Coverage',
  query: {},
  columns: ['Plan', 'Payer', 'Member', 'Relationship', 'Status', 'Period'],
  cells: (one, nameOf) => {
    const plan = one.class?.find((part) => part.type.coding?.some((coding) => coding.code === 'plan')) ?? one.class?.[0];
    return [
      plan?.name ?? plan?.value ?? conceptText(one.type),
      one.payor.map(nameOf).join(', '),
      one.subscriberId ?? one.identifier?.[0]?.value ?? '',
      conceptText(one.relationship),
      one.status,
      periodText(one.period),
    ];
  },
  references: (one) => one.payor,
  first: (one) => one.status === 'active',
});

/** A document's name: its own description, else what kind it is. */
export const documentTitle = (document: DocumentReference): string =>
  document.description ?? document.content[0]?.attachment.title ?? (conceptText(document.type) || 'Document');

const documents = section<DocumentReference>({
  id: 'documents',
  heading: 'Documents',
  empty: 'No documents recorded.',
  resourceType: 'DocumentReference',
  query: { _sort: '-date' },
  columns: ['Date', 'Document', 'Kind', 'Author', 'Status'],
  cells: (document, nameOf, patientId) => [
    day(dateText(document.date)),
    html`<a href="/patients/${patientId}/documents/${document.id}">${documentTitle(document)}</a>`,
    conceptText(document.type),
    (document.author ?? []).map(nameOf).join(', '),
    document.docStatus ?? document.status,
  ],
  references: (document) => document.author ?? [],
});

const encounters = section<Encounter>({
  id: 'encounters',
  heading: 'Encounters',
  empty: 'No encounters recorded.',
  resourceType: 'Encounter',
  query: { _sort: '-date' },
  columns: ['Date', 'Type', 'Reason', 'With', 'Status'],
  cells: (encounter, nameOf) => [
    day(periodText(encounter.period)),
    conceptsText(encounter.type) || (encounter.class.display ?? encounter.class.code ?? ''),
    conceptsText(encounter.reasonCode),
    (encounter.participant ?? []).map((participant) => nameOf(participant.individual)).join(', '),
    encounter.status,
  ],
  references: (encounter) => (encounter.participant ?? []).map((participant) => participant.individual),
});

const procedures = section<Procedure>({
  id: 'procedures',
  heading: 'Procedures',
  empty: 'No procedures recorded.',
  resourceType: 'Procedure',
  query: { _sort: '-date' },
  columns: ['Date', 'Procedure', 'Status'],
  cells: (procedure) => [
    day(dateText(procedure.performedDateTime) || periodText(procedure.performedPeriod)),
    conceptText(procedure.code),
    procedure.status,
  ],
});

/** In the order a chart is read. */
export const SECTIONS: Section[] = [problems, medications, allergies, coverage, encounters, documents, procedures, results, vitals];

export const findSection = (id: string): Section | undefined => SECTIONS.find((one) => one.id === id);

/** Whether a resource is of this chart, so that a link cannot leave it. */
export const belongsTo = (subject: Reference | undefined, patientId: string): boolean => idIn(subject, 'Patient') === patientId;
