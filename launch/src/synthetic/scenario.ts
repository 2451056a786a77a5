/**
 * A scenario is one clinical story told as data: why somebody is referred, and what a chart holds by then.
 * Ranges are drawn for each patient, so that two patients with the same story differ. Codes are checked against
 * codes/*.csv when a chart is made; a code that is not listed there is refused.
 */

/** Both ends are included. */
export type Range = readonly [low: number, high: number];

/** Why a resource is kept out of ordinary view; see sensitivity.ts for the security labels. */
export type Sensitivity = 'substance-use' | 'mental-health';

export type Problem = {
  icd10: string;
  /** Days before the chart's day. */
  onset: Range;
  /** The clinician's own words, where they say more than the code. */
  text?: string;
  resolved?: true;
  sensitivity?: Sensitivity;
};

export type Medication = {
  rxnorm: string;
  /** The directions as the patient reads them. */
  directions: string;
  started: Range;
  stopped?: { daysAgo: number; reason: string };
  sensitivity?: Sensitivity;
};

/** A result outside a panel; a range of numbers, or what the laboratory reported in words. */
export type SingleResult = {
  loinc: string;
  daysAgo: number;
  value: Range | { text: string; abnormal: boolean };
};

/** A panel; members that are not named fall within the reference interval. */
export type PanelResult = {
  panel: string;
  daysAgo: number;
  values?: Readonly<Record<string, Range | { text: string; abnormal: boolean }>>;
};

export type ReportSection =
  | 'radiology'
  | 'cardiology'
  | 'pathology'
  | 'endoscopy'
  | 'audiology'
  | 'pulmonary-function'
  | 'sleep'
  | 'neurophysiology';

export type Report = {
  loinc: string;
  /** What was examined, e.g. "X-ray, right knee, three views". */
  title: string;
  section: ReportSection;
  daysAgo: number;
  conclusion: string;
};

export type PastProcedure = { snomed: string; text: string; daysAgo: number };

/** Key of an entry in allergies.ts. */
export type AllergyName = 'none-known' | 'penicillin' | 'sulfa' | 'aspirin' | 'cephalexin' | 'ibuprofen' | 'peanut';

export type Scenario = {
  id: string;
  /** Our specialty id (api/domain/src/clinical/specialties.json); absent when the order names none. */
  specialty?: string;
  reason: { icd10?: string; text: string };
  priority: 'routine' | 'urgent';
  problems: readonly Problem[];
  medications: readonly Medication[];
  allergies: readonly AllergyName[];
  vitals: { systolic: Range; diastolic: Range; pulse: Range; oxygen?: Range; weightKg: Range; heightCm: Range };
  smoking: 'never' | 'former' | 'daily';
  panels: readonly PanelResult[];
  results: readonly SingleResult[];
  reports: readonly Report[];
  procedures: readonly PastProcedure[];
  /**
   * The latest progress note. `{age}` and `{person}` (woman, man, girl, boy) and `{718-7}` (the newest value of that
   * LOINC code with its unit) are filled in.
   */
  note: { history: string; examination: string; assessment: string; plan: string };
  /** What the referring clinician asks; one is chosen. Empty: the order carries no question. */
  questions: readonly string[];
};
