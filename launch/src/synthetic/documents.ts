import type { CodeableConcept, Coding, DocumentReference, Practitioner, Reference } from '@medplum/fhirtypes';
import type { ChartContext } from './chart-context.ts';
import { concept } from './codes.ts';
import { practiceReference } from './practice.ts';
import { metaFor } from './resource-meta.ts';

const clinicalNote: CodeableConcept = {
  coding: [
    {
      system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
      code: 'clinical-note',
      display: 'Clinical Note',
    },
  ],
};

const PROGRESS_NOTE = '11506-3';

const personWord = (age: number, sex: 'female' | 'male'): string => {
  if (age < 18) return sex === 'female' ? 'girl' : 'boy';
  return sex === 'female' ? 'woman' : 'man';
};

/**
 * Fills a scenario's text: `{age}`, `{person}`, and `{718-7}` with the newest value of that LOINC code.
 * @throws Error naming the code when the chart has no such value.
 */
export function filled(context: ChartContext, text: string): string {
  return text.replaceAll(/\{([^}]+)\}/g, (_, key: string) => {
    if (key === 'age') return String(context.member.age);
    if (key === 'person') return personWord(context.member.age, context.member.sex);
    const value = context.newest.get(key);
    if (value) return value.text;
    if (context.member.peculiarities?.includes('no-work-up')) return 'not done';
    throw new Error(`The note of scenario "${context.scenario.id}" names ${key}, but the chart has no such result.`);
  });
}

export type Document = {
  id: string;
  type: CodeableConcept;
  title: string;
  daysAgo: number;
  author: Reference<Practitioner>;
  text: string;
  security?: readonly Coding[];
  encounter?: string;
};

export function documentOf(context: ChartContext, document: Document): DocumentReference {
  const date = context.moment(document.daysAgo, document.daysAgo === 1 ? '13:28' : '18:00');
  return {
    resourceType: 'DocumentReference',
    id: document.id,
    meta: metaFor('us-core-documentreference', document.security),
    ...(document.security ? { securityLabel: [{ coding: document.security.map((label) => ({ ...label })) }] } : {}),
    identifier: [{ system: 'urn:refloop:synthetic:document', value: document.id }],
    status: 'current',
    docStatus: 'final',
    type: document.type,
    category: [clinicalNote],
    subject: context.patient,
    date,
    author: [document.author],
    custodian: practiceReference,
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          language: 'en',
          data: Buffer.from(document.text, 'utf8').toString('base64'),
          title: document.title,
          creation: date,
        },
      },
    ],
    context: {
      ...(document.encounter ? { encounter: [{ reference: `Encounter/${document.encounter}` }] } : {}),
      period: { start: date, end: date },
    },
  };
}

/** The progress notes of this visit and of an earlier one. */
export function progressNotesOf(context: ChartContext): DocumentReference[] {
  const { scenario, member, clinician } = context;
  const { history, examination, assessment, plan } = scenario.note;
  const text = ['History', history, '', 'Examination', examination, '', 'Assessment', assessment, '', 'Plan', plan, ''].join('\n');
  return [
    documentOf(context, {
      id: `${member.id}-note`,
      type: concept('loinc', PROGRESS_NOTE, 'Progress note'),
      title: 'Progress note',
      daysAgo: 1,
      author: clinician,
      text: filled(context, text),
      encounter: `${member.id}-visit`,
    }),
    documentOf(context, {
      id: `${member.id}-note-earlier`,
      type: concept('loinc', PROGRESS_NOTE, 'Progress note'),
      title: 'Progress note, follow-up',
      daysAgo: context.random.integer(330, 420),
      author: clinician,
      text: 'Annual visit. Medicines reviewed and reconciled. Preventive care up to date. No new concerns raised.\n',
    }),
  ];
}
