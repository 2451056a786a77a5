import type { Coding, Meta } from '@medplum/fhirtypes';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';

/** HL7 v3 ActReason HTEST: these data were made to test systems with and describe nobody. */
export const syntheticTag: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
};

/** The mark every synthetic resource carries, and the US Core 6.1.0 profile it follows, where there is one. */
export function metaFor(profile: string | undefined, security?: readonly Coding[]): Meta {
  return {
    ...(profile === undefined ? {} : { profile: [`${US_CORE}${profile}`] }),
    ...(security === undefined ? {} : { security: security.map((label) => ({ ...label })) }),
    tag: [{ ...syntheticTag }, { system: 'urn:refloop:tag', code: 'synthetic', display: 'synthetic' }],
  };
}
