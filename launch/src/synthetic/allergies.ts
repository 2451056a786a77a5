import type { CodeSystem } from './codes.ts';
import type { AllergyName } from './scenario.ts';

export type AllergyEntry =
  | { known: false; code: { system: CodeSystem; code: string } }
  | {
      known: true;
      code: { system: CodeSystem; code: string };
      category: 'food' | 'medication';
      criticality: 'low' | 'high';
      /** SNOMED CT. */
      manifestation: string;
      severity: 'mild' | 'moderate' | 'severe';
    };

/** The allergies of the synthetic charts; substances and reactions as Synthea's allergy modules code them. */
export const allergyEntries: Readonly<Record<AllergyName, AllergyEntry>> = {
  'none-known': { known: false, code: { system: 'snomed', code: '716186003' } },
  penicillin: {
    known: true,
    code: { system: 'rxnorm', code: '7984' },
    category: 'medication',
    criticality: 'high',
    manifestation: '247472004',
    severity: 'moderate',
  },
  sulfa: {
    known: true,
    code: { system: 'rxnorm', code: '10831' },
    category: 'medication',
    criticality: 'low',
    manifestation: '271807003',
    severity: 'mild',
  },
  aspirin: {
    known: true,
    code: { system: 'rxnorm', code: '1191' },
    category: 'medication',
    criticality: 'high',
    manifestation: '402387002',
    severity: 'moderate',
  },
  cephalexin: {
    known: true,
    code: { system: 'rxnorm', code: '2231' },
    category: 'medication',
    criticality: 'low',
    manifestation: '271807003',
    severity: 'mild',
  },
  ibuprofen: {
    known: true,
    code: { system: 'rxnorm', code: '5640' },
    category: 'medication',
    criticality: 'low',
    manifestation: '247472004',
    severity: 'mild',
  },
  peanut: {
    known: true,
    code: { system: 'snomed', code: '762952008' },
    category: 'food',
    criticality: 'high',
    manifestation: '39579001',
    severity: 'severe',
  },
};
