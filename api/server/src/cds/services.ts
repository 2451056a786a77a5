/** The CDS services Refloop offers, one a hook, with what it asks an EHR to send along. */
import type { CdsHook, CdsService } from '../client/cds-hooks.ts';

/** Queries within what every CDS client can prefetch (CDS Hooks 2.0, "Prefetch query restrictions"). */
const PATIENT_AND_PAYER = {
  patient: 'Patient/{{context.patientId}}',
  coverage: 'Coverage?patient={{context.patientId}}&status=active',
};

export const CDS_SERVICES: readonly CdsService[] = [
  {
    id: 'refloop-order-select',
    hook: 'order-select',
    title: 'In-network specialists for a referral',
    description:
      'For a referral that is being ordered: the three best specialists in the patient’s network, why each leads, and a way into Refloop.',
    prefetch: PATIENT_AND_PAYER,
  },
  {
    id: 'refloop-order-sign',
    hook: 'order-sign',
    title: 'In-network specialists for a referral about to be signed',
    description:
      'For each referral among the orders to be signed: the three best specialists in the patient’s network, why each leads, and a way into Refloop.',
    prefetch: PATIENT_AND_PAYER,
  },
  {
    id: 'refloop-order-dispatch',
    hook: 'order-dispatch',
    title: 'Is this specialist in the patient’s network?',
    description: 'Warns where a referral is being sent to somebody outside the patient’s network, and names who is within it.',
    prefetch: { ...PATIENT_AND_PAYER, order: '{{context.order}}', performer: '{{context.performer}}' },
  },
];

export const cdsServiceById = (id: string): CdsService | undefined => CDS_SERVICES.find((service) => service.id === id);

/** The address a client calls, and the `aud` of its token. */
export const cdsServicePath = (hook: CdsHook): string => `/cds-services/refloop-${hook}`;
