/** Records that stay out of a referral by default, for the patients whose charts hold such. */
import type { DocumentReference } from '@medplum/fhirtypes';
import type { ChartContext } from './chart-context.ts';
import { concept } from './codes.ts';
import { documentOf } from './documents.ts';
import type { Medication, Problem } from './scenario.ts';
import { securityLabels } from './sensitivity.ts';

export type SensitiveRecords = { problems: readonly Problem[]; medications: readonly Medication[]; documents: DocumentReference[] };

export function sensitiveRecordsOf(context: ChartContext): SensitiveRecords {
  const peculiarities = context.member.peculiarities ?? [];
  if (peculiarities.includes('substance-use-records')) {
    return {
      problems: [{ icd10: 'F11.20', onset: [900, 1400], sensitivity: 'substance-use' }],
      medications: [
        {
          rxnorm: '1010604',
          directions: 'Place 1 film under the tongue once a day',
          started: [400, 700],
          sensitivity: 'substance-use',
        },
      ],
      documents: [
        documentOf(context, {
          id: `${context.member.id}-treatment-program-note`,
          type: concept('loinc', '11506-3', 'Progress note'),
          title: 'Opioid treatment program, monthly note',
          daysAgo: 26,
          author: context.clinician,
          text: 'Month 19 of buprenorphine with naloxone. No use reported, urine consistent with treatment. Attends weekly group. Continue.\n\n42 CFR Part 2 prohibits unauthorized use or disclosure of these records.\n',
          security: securityLabels['substance-use'],
        }),
      ],
    };
  }
  if (peculiarities.includes('mental-health-records')) {
    return {
      problems: [{ icd10: 'F43.10', onset: [900, 1600], sensitivity: 'mental-health' }],
      medications: [],
      documents: [
        documentOf(context, {
          id: `${context.member.id}-psychotherapy-summary`,
          type: concept('loinc', '11506-3', 'Progress note'),
          title: 'Psychotherapy summary',
          daysAgo: 40,
          author: context.clinician,
          text: 'Twelve sessions of trauma-focused therapy completed. Sleep better, avoidance less. Next review in three months.\n',
          security: securityLabels['mental-health'],
        }),
      ],
    };
  }
  return { problems: [], medications: [], documents: [] };
}
