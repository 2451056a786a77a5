/** What the foreign EHR holds: a chart written as another vendor would, with what is allowed in R4 and seldom seen. */
export type Json = { [key: string]: unknown };
export type Stored = Json & { resourceType: string; id: string };

const VENDOR = 'https://vendor.example.com/fhir/StructureDefinition/routing-hint';
const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const active = (system: string): Json => ({ coding: [{ system, code: 'active' }] });

/** @param patient reference to the patient, relative or absolute */
const conditions = (subject: Json): Stored[] =>
  // More than fit on one page of this server; SNOMED CT codes as the cardiology patients of US Core examples have them.
  [
    ['29857009', 'Chest pain on exertion'],
    ['38341003', 'Hypertension'],
    ['55822004', 'Hyperlipidaemia'],
    ['44054006', 'Type 2 diabetes mellitus'],
    ['414916001', 'Obesity'],
    ['195967001', 'Asthma'],
    ['396275006', 'Osteoarthritis'],
  ].map(([code, text], index) => ({
    resourceType: 'Condition',
    id: `problem-${index + 1}`,
    extension: [{ url: VENDOR, valueString: 'kept as it is' }],
    clinicalStatus: active('http://terminology.hl7.org/CodeSystem/condition-clinical'),
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'problem-list-item' }] }],
    code: { coding: [{ system: SNOMED, code }], text },
    subject,
    recordedDate: '2026-10-02',
  }));

const findings = (subject: Json): Stored[] => [
  {
    resourceType: 'MedicationRequest',
    id: 'medicine-1',
    status: 'active',
    intent: 'order',
    subject,
    contained: [{ resourceType: 'Medication', id: 'drug', code: { text: 'Metoprolol succinate 50 mg' } }],
    medicationReference: { reference: '#drug' },
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'allergy-1',
    clinicalStatus: active('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical'),
    code: { text: 'Penicillin' },
    patient: subject,
  },
  {
    resourceType: 'Observation',
    id: 'pressure-1',
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
    code: { coding: [{ system: LOINC, code: '8867-4' }], text: 'Heart rate' },
    subject,
    effectiveDateTime: '2026-11-02T09:30:00-06:00',
    valueQuantity: { value: 88, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  },
];

/** Payer and plan are of the synthetic directory the sandbox publishes (api/domain/src/network/synthetic-plans.json). */
const coverage = (beneficiary: Json): Stored => ({
  resourceType: 'Coverage',
  id: 'coverage-1',
  status: 'active',
  beneficiary,
  subscriberId: 'X1',
  contained: [{ resourceType: 'Organization', id: 'payer', name: 'Larkspur National Health' }],
  payor: [{ reference: '#payer' }],
  class: [
    {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'plan' }] },
      value: 'LKS-PPO-1000',
      name: 'Larkspur National Health Wide Field PPO',
    },
  ],
});

const order = (subject: Json): Stored => ({
  resourceType: 'ServiceRequest',
  id: 'order-1',
  extension: [{ url: VENDOR, valueString: 'kept as it is' }],
  contained: [{ resourceType: 'Organization', id: 'desk', name: 'Referral desk' }],
  status: 'draft',
  intent: 'order',
  // SNOMED CT 308471005 "Referral to cardiologist".
  code: { coding: [{ system: SNOMED, code: '308471005', display: 'Referral to cardiologist' }] },
  subject,
  reasonCode: [{ text: 'Palpitations on effort for six weeks' }],
});

export type Person = { id: string; family: string };

/** Everything of one patient, and the clinician. */
export function chartOf(person: Person, patientReference: string): Stored[] {
  const subject = { reference: patientReference };
  return [
    {
      resourceType: 'Patient',
      id: person.id,
      extension: [{ url: VENDOR, valueString: 'kept as it is' }],
      name: [{ family: person.family, given: ['Rowan'] }],
      gender: 'female',
      birthDate: '1968-04-09',
      // Nothing but a ZIP+4 to place the patient by.
      address: [{ postalCode: '60614-2907' }],
    },
    ...conditions(subject),
    ...findings(subject),
    coverage(subject),
    order(subject),
    { resourceType: 'Practitioner', id: 'dr-okafor', name: [{ family: 'Okafor', given: ['Ada'], prefix: ['Dr.'] }] },
    {
      resourceType: 'PractitionerRole',
      id: 'okafor-cardiology',
      practitioner: { reference: 'Practitioner/dr-okafor', display: 'Dr. Ada Okafor' },
    },
  ];
}
