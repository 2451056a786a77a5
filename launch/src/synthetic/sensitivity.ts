import type { Coding } from '@medplum/fhirtypes';
import type { Sensitivity } from './scenario.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

const restricted: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code: 'R',
  display: 'restricted',
};

/**
 * The security labels a sensitive record carries. Codes and displays: HL7 v3 code systems ActCode and Confidentiality
 * as published with FHIR R4. 42 CFR Part 2 protects records of substance use disorder treatment programs.
 */
export const securityLabels: Readonly<Record<Sensitivity, readonly Coding[]>> = {
  'substance-use': [
    restricted,
    { system: ACT_CODE, code: '42CFRPart2', display: '42 CFR Part2' },
    { system: ACT_CODE, code: 'ETH', display: 'substance abuse information sensitivity' },
  ],
  'mental-health': [restricted, { system: ACT_CODE, code: 'PSY', display: 'psychiatry disorder information sensitivity' }],
};
