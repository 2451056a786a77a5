/**
 * The names that Da Vinci PDEX Plan-Net 1.1.0 gives to things (StructureDefinitions and code systems of
 * hl7.org/fhir/us/davinci-pdex-plan-net), and our own extensions for what a referral needs and Plan-Net has no
 * field for. The synthetic directory writes them and the importer reads them.
 */
const PLAN_NET = 'http://hl7.org/fhir/us/davinci-pdex-plan-net';

export const planNetProfile = (name: string): string => `${PLAN_NET}/StructureDefinition/plannet-${name}`;

export const PLAN_NET_EXTENSION = {
  /** PractitionerRole: the one network this role is about (0..1). */
  networkReference: `${PLAN_NET}/StructureDefinition/network-reference`,
  /** PractitionerRole, HealthcareService or Location: acceptingPatients 1..1, fromNetwork 0..1. */
  newPatients: `${PLAN_NET}/StructureDefinition/newpatients`,
  /** HealthcareService: type 1..1, physical or virtual. */
  deliveryMethod: `${PLAN_NET}/StructureDefinition/delivery-method`,
  /** Practitioner.qualification: status 1..1, whereValid 0..*. */
  practitionerQualification: `${PLAN_NET}/StructureDefinition/practitioner-qualification`,
  /** Location: accessibility. */
  accessibility: `${PLAN_NET}/StructureDefinition/accessibility`,
} as const;

export const PLAN_NET_CODES = {
  acceptingPatients: `${PLAN_NET}/CodeSystem/AcceptingPatientsCS`,
  organizationType: `${PLAN_NET}/CodeSystem/OrgTypeCS`,
  productType: `${PLAN_NET}/CodeSystem/InsuranceProductTypeCS`,
  planType: `${PLAN_NET}/CodeSystem/InsurancePlanTypeCS`,
  providerRole: `${PLAN_NET}/CodeSystem/ProviderRoleCS`,
  deliveryMethod: `${PLAN_NET}/CodeSystem/DeliveryMethodCS`,
  accessibility: `${PLAN_NET}/CodeSystem/AccessibilityCS`,
  serviceCategory: `${PLAN_NET}/CodeSystem/HealthcareServiceCategoryCS`,
  endpointPayload: `${PLAN_NET}/CodeSystem/EndpointPayloadTypeCS`,
} as const;

export const CODE_SYSTEM = {
  npi: 'http://hl7.org/fhir/sid/us-npi',
  nucc: 'http://nucc.org/provider-taxonomy',
  language: 'urn:ietf:bcp:47',
  degree: 'http://terminology.hl7.org/CodeSystem/v2-0360',
  endpointConnection: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
  state: 'https://www.usps.com/',
} as const;

const OURS = 'https://refloop.example/fhir';

/**
 * What Plan-Net 1.1.0 has no field for. All but `verifiedOn` describe one practitioner at one location and may
 * stand on any PractitionerRole of the two; the importer takes the newest statement.
 */
export const DIRECTORY_EXTENSION = {
  /** valueDate: the day the payer last confirmed this row with the practice. */
  verifiedOn: `${OURS}/StructureDefinition/verified-on`,
  /** days (valueInteger, calendar days a new patient waits on average) and asOf (valueDate). */
  averageWait: `${OURS}/StructureDefinition/average-wait`,
  /** stars (valueDecimal, 0 to 5) and count (valueInteger, number of ratings). */
  patientRating: `${OURS}/StructureDefinition/patient-rating`,
  /** valueBoolean: takes emergency referrals. */
  acceptsEmergencies: `${OURS}/StructureDefinition/accepts-emergencies`,
  /** valueCode: adults, children or all. */
  agesServed: `${OURS}/StructureDefinition/ages-served`,
  /** valueBoolean: fees by income for patients outside the network. */
  slidingScale: `${OURS}/StructureDefinition/sliding-scale`,
  /** valueBoolean: payment by instalments for patients outside the network. */
  paymentPlan: `${OURS}/StructureDefinition/payment-plan`,
  /** valueBoolean: patients can book online by themselves. */
  selfScheduling: `${OURS}/StructureDefinition/self-scheduling`,
  /** valueBoolean: a medical interpreter is on site. */
  interpreterOnSite: `${OURS}/StructureDefinition/interpreter-on-site`,
} as const;

export const DIRECTORY_IDENTIFIER = {
  /** InsurancePlan.identifier: the payer's own key for the plan, as printed on the card. */
  plan: `${OURS}/sid/plan`,
  /** Organization.identifier of a payer: the key a Coverage.payor carries. */
  payer: `${OURS}/sid/payer`,
} as const;

/** meta.tag on every generated resource, so that a generated directory is never taken for a real one. */
export const SYNTHETIC_TAG = { system: `${OURS}/CodeSystem/data-origin`, code: 'synthetic', display: 'Synthetic' } as const;
