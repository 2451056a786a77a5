/**
 * What EHRs in the field do differently, as switches. Each is allowed by SMART App Launch 2.2, FHIR R4 or OpenID Connect, or
 * is known of shipped servers; none of them may stop a referral that can go on.
 */
export type Traits = {
  /** Where the issuer and its keys can be found. */
  smart: { issuer: boolean; jwksUri: boolean };
  openid: 'at-fhir-base' | 'at-issuer' | 'nowhere';
  /** False: the key set answers 404, so that only keys in the site entry can verify. */
  keysPublished: boolean;
  algorithm: 'RS256' | 'ES256' | 'ES384';
  /** `client-only`: 401 to all but registered clients; `denies`: says inactive to those it does not answer (RFC 7662 §2.2). */
  introspection: 'none' | 'full' | 'without-patient' | 'nulls' | 'client-only' | 'denies' | 'another-patient';
  fhirUser: 'relative' | 'absolute' | 'role' | 'role-absolute' | 'patient';
  /** Members of the token response beyond the required ones. */
  token: { fhirContext: boolean; needPatientBanner: boolean; expiresIn: boolean; scope: boolean };
  /** Scopes as the server grants them; undefined = as they were asked for. */
  grants: string | undefined;
  metadata: 'full' | 'no-order-update' | 'no-order-write' | 'fails';
  /** Most entries of one page, whatever `_count` says. */
  pageSize: number;
  /** Where `next` points; `base-query` is `{base}?_getpages=…`, as HAPI FHIR has it. */
  next: 'base-query' | 'same-type' | 'another-host';
  /** False: no `meta.versionId` anywhere, and If-Match is not looked at. */
  versions: boolean;
  /** References to the patient as absolute addresses. */
  absoluteReferences: boolean;
  /** `location`: 201 without a body, Location not exposed to scripts of other origins. */
  writeAnswer: 'resource' | 'location';
  /** Servers that do not index `identifier` refuse it with 400 or leave it out of the search, and both are allowed. */
  searchByIdentifier: 'honoured' | 'refused' | 'ignored';
};

/** The least forthcoming server that a referral on rung 1 still works with. */
export const SPARSE: Traits = {
  smart: { issuer: false, jwksUri: false },
  openid: 'at-fhir-base',
  keysPublished: true,
  algorithm: 'RS256',
  introspection: 'none',
  fhirUser: 'absolute',
  token: { fhirContext: true, needPatientBanner: false, expiresIn: false, scope: true },
  grants: undefined,
  metadata: 'full',
  pageSize: 5,
  next: 'base-query',
  versions: true,
  absoluteReferences: false,
  writeAnswer: 'location',
  searchByIdentifier: 'honoured',
};

/** The scopes of an EHR that has not moved beyond SMART v1, narrower than what Refloop asks for: nothing about documents. */
export const V1_SCOPES = [
  'launch openid fhirUser patient/Patient.read patient/Coverage.read patient/Condition.read patient/Observation.read',
  'patient/MedicationRequest.read patient/AllergyIntolerance.read patient/ServiceRequest.read patient/ServiceRequest.write',
  'patient/Provenance.read patient/Provenance.write user/Practitioner.read',
].join(' ');
