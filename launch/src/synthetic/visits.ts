import type { Encounter } from '@medplum/fhirtypes';
import type { ChartContext } from './chart-context.ts';
import { concept } from './codes.ts';
import { locationReference, practiceReference } from './practice.ts';
import { metaFor } from './resource-meta.ts';

const ESTABLISHED_PATIENT_VISIT = '30346009';

function officeVisit(context: ChartContext, id: string, daysAgo: number, hour: number, reason: string): Encounter {
  const start = context.moment(daysAgo, `${hour}:00`);
  const end = context.moment(daysAgo, `${hour}:30`);
  return {
    resourceType: 'Encounter',
    id,
    meta: metaFor('us-core-encounter'),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [concept('snomed', ESTABLISHED_PATIENT_VISIT, 'Office visit')],
    subject: context.patient,
    participant: [
      {
        type: [
          {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PPRF', display: 'primary performer' }],
          },
        ],
        period: { start, end },
        individual: context.clinician,
      },
    ],
    period: { start, end },
    reasonCode: [{ text: reason }],
    location: [{ location: locationReference(context.clinic) }],
    serviceProvider: practiceReference,
  };
}

/** The visit the referral is ordered at, and earlier visits to the practice. */
export function visitsOf(context: ChartContext): Encounter[] {
  const { member, scenario, random } = context;
  const ordering = officeVisit(context, `${member.id}-visit`, 1, 13, scenario.reason.text);
  const reasonCode = scenario.reason.icd10 === undefined ? [{ text: scenario.reason.text }] : [concept('icd10cm', scenario.reason.icd10)];
  return [
    {
      ...ordering,
      reasonCode,
      ...(scenario.reason.icd10 === undefined
        ? {}
        : { diagnosis: [{ condition: { reference: `Condition/${member.id}-diagnosis` }, rank: 1 }] }),
    },
    officeVisit(context, context.id('past-visit'), random.integer(24, 60), random.integer(13, 18), 'Follow-up'),
    officeVisit(context, context.id('past-visit'), random.integer(110, 200), random.integer(13, 18), 'Follow-up'),
    officeVisit(context, context.id('past-visit'), random.integer(330, 420), random.integer(13, 18), 'Annual wellness visit'),
  ];
}
