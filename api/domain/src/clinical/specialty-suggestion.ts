/** Which specialty an order or a diagnosis points to, and on what ground. A suggestion; the clinician chooses. */
import { type Coding, SNOMED } from '../fhir/read.ts';
import rows from './diagnosis-specialties.json' with { type: 'json' };
import { type Specialty, specialtyById, specialtyOfNucc, specialtyOfReferralCode } from './specialty.ts';

export type SpecialtySuggestion = {
  readonly specialty: Specialty;
  /** The narrower specialty that usually sees this diagnosis, where there is one. */
  readonly subSpecialty?: Specialty;
  /** In words: "the order's code 308471005 Referral to cardiologist", "ICD-10 I47.10". */
  readonly basis: string;
};

type Row = { readonly prefix: string; readonly specialty: string; readonly subSpecialty?: string };

const DIAGNOSES: readonly Row[] = rows.rows;

const plain = (code: string): string => code.toUpperCase().replace('.', '');

/** The row with the longest prefix of the code. */
function rowOf(code: string): Row | undefined {
  let best: Row | undefined;
  for (const row of DIAGNOSES) {
    if (plain(code).startsWith(plain(row.prefix)) && (best === undefined || row.prefix.length > best.prefix.length)) best = row;
  }
  return best;
}

function byDiagnosis(code: Coding): SpecialtySuggestion | undefined {
  if (!/icd-?10/i.test(code.system ?? '') || !code.code) return undefined;
  const row = rowOf(code.code);
  const specialty = row && specialtyById(row.specialty);
  if (!specialty) return undefined;
  const subSpecialty = row.subSpecialty === undefined ? undefined : specialtyById(row.subSpecialty);
  return { specialty, ...(subSpecialty && { subSpecialty }), basis: `ICD-10 ${code.code.toUpperCase()}` };
}

function byOrder(code: Coding): SpecialtySuggestion | undefined {
  if (!code.code) return undefined;
  const specialty = code.system === SNOMED ? specialtyOfReferralCode(code.code) : specialtyOfNucc(code.code);
  if (!specialty) return undefined;
  return { specialty, basis: ['the order’s code', code.code, code.display ?? ''].filter((part) => part !== '').join(' ') };
}

/**
 * The specialty asked for in the order (its NUCC performer type, then its SNOMED CT referral code), else that of the first
 * diagnosis our table knows. Undefined when neither says anything.
 *
 * @param order codings of ServiceRequest.performerType and ServiceRequest.code, in that order
 * @param reasonCodes codings of the reason, most important first
 */
export const suggestSpecialty = (order: readonly Coding[], reasonCodes: readonly Coding[]): SpecialtySuggestion | undefined =>
  order.map(byOrder).find((one) => one !== undefined) ?? reasonCodes.map(byDiagnosis).find((one) => one !== undefined);
