/** Specialties as the product knows them; codes and where they were looked up stand in specialties.json. */
import rows from './specialties.json' with { type: 'json' };

export type Specialty = {
  id: string;
  name: string;
  /** NUCC Health Care Provider Taxonomy codes that count as this specialty. */
  nucc: readonly string[];
  /** The specialty this one is a part of; it lends its referral code where this one has none. */
  parent?: string;
  /** SNOMED CT code of the CMS50 "Referral" value set (2.16.840.1.113883.3.464.1003.101.12.1046). */
  referral: { code: string; display: string /** The specialty this code means when it is read from an order. */; primary?: true };
  /** LOINC code of the CMS50 "Consultant Report" value set (2.16.840.1.113883.3.464.1003.121.12.1006). */
  consultNote: { code: string; display: string };
};

export const SPECIALTIES: readonly Specialty[] = rows as readonly Specialty[];

const byId = new Map(SPECIALTIES.map((specialty) => [specialty.id, specialty]));
// Some taxonomy codes serve two of our specialties; the first listed is the one a directory row is filed under.
const byNucc = new Map([...SPECIALTIES].reverse().flatMap((specialty) => specialty.nucc.map((code) => [code, specialty] as const)));
const byReferral = new Map(
  SPECIALTIES.filter((specialty) => specialty.referral.primary).map((specialty) => [specialty.referral.code, specialty]),
);

export const specialtyById = (id: string): Specialty | undefined => byId.get(id);
export const specialtyOfNucc = (code: string): Specialty | undefined => byNucc.get(code);
export const specialtyOfReferralCode = (snomed: string): Specialty | undefined => byReferral.get(snomed);

/** The name within a sentence: "Otolaryngology (ENT)" → "otolaryngology (ENT)"; abbreviations and Mohs, a surgeon's name, keep theirs. */
export const specialtyInSentence = ({ name }: Pick<Specialty, 'name'>): string =>
  name.replace(/\b(?!Mohs\b)[A-Z][a-z]+\b/g, (word) => word.toLowerCase());
