/** What is kept of each row until everything has been read: as little as the join needs. Keys are `Type/id`. */
import type { Day } from '@refloop/domain/instant';
import type { AcceptingPatients } from '@refloop/domain/network/directory';
import type { Place } from './report.ts';

/** A statement with the day it was made, so that the newest can win. */
export type Dated<Value> = { value: Value; on: Day };

type Row = {
  place: Place;
  /** meta.lastUpdated as written, or '' when the row has none: decides between two rows of one id. */
  lastUpdated: string;
  synthetic: boolean;
};

export type PractitionerRecord = Row & {
  npi: string;
  name: { family: string; given: string; credential?: string };
  gender?: 'female' | 'male' | 'other';
  languages: string[];
  /** NUCC codes of certificates. */
  certificates: string[];
};

/** Who says what about new patients; without a network it is a general statement. */
export type NewPatientStatement = { networkKey?: string; accepting: AcceptingPatients };

export type LocationRecord = Row & {
  name?: string;
  line?: string;
  city?: string;
  state?: string;
  zip?: string;
  position?: { latitude: number; longitude: number };
  /** A region that plans cover, not a place where anybody practises. */
  area: boolean;
  phone?: string;
  fax?: string;
  organizationKey?: string;
  endpointKeys: string[];
  newPatients: NewPatientStatement[];
};

export type OrganizationRecord = Row & {
  kind: 'network' | 'other';
  name: string;
  /** Business identifiers; a payer's is what a Coverage carries. */
  identifiers: string[];
  /** The key a Coverage.payor carries, where the directory says which identifier it is. */
  payerIdentifier?: string;
  partOfKey?: string;
  endpointKeys: string[];
};

export type PlanRecord = Row & {
  id: string;
  name: string;
  identifiers: string[];
  ownerKey: string;
  networkKeys: string[];
  coverageAreaKeys: string[];
  productType?: string;
};

export type ServiceRecord = Row & { virtual?: boolean; locationKeys: string[]; newPatients: NewPatientStatement[] };

export type EndpointRecord = Row & { channel: 'fhir' | 'direct' | 'portal'; address: string };

export type Period = { from?: Day; until?: Day };

export type AffiliationRecord = Row & {
  active: boolean;
  organizationKey: string;
  networkKeys: string[];
  locationKeys: string[];
  nucc: string[];
  period: Period;
  verifiedOn?: Day;
};

/** Our own extensions on a role: statements about the practitioner at the location. */
export type ListingStatements = {
  wait?: Dated<{ days: number; asOf: Day }>;
  rating?: Dated<{ stars: number; count: number }>;
  acceptsEmergencies?: Dated<boolean>;
  ages?: Dated<'adults' | 'children' | 'all'>;
  slidingScale?: Dated<boolean>;
  paymentPlan?: Dated<boolean>;
  selfScheduling?: Dated<boolean>;
  interpreterOnSite?: Dated<boolean>;
};

export type RoleRecord = Row & {
  id: string;
  active: boolean;
  /** `Practitioner/id`, or `npi:…` for a reference by identifier. */
  practitionerKey: string;
  organizationKey?: string;
  locationKeys: string[];
  serviceKeys: string[];
  endpointKeys: string[];
  nucc: string[];
  /** Plan-Net allows one; some payers list several on one role. */
  networkKeys: string[];
  newPatients: NewPatientStatement[];
  period: Period;
  verifiedOn?: Day;
  phone?: string;
  fax?: string;
  statements: ListingStatements;
};
