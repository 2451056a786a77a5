import type { ProfessionalRole } from './specialty-mix.ts';

/** What a profession is called in a Plan-Net directory. */
export type Profession = {
  /** Letters after the name, with the share that has each. */
  credentials: readonly { letters: string; share: number /** Code of HL7 table 0360, where it has one. */; degree?: string }[];
  /** Plan-Net 1.1.0 ProviderRoleCS. */
  providerRole: string;
};

/** Degrees: HL7 v2 table 0360 (terminology.hl7.org); provider roles: Plan-Net 1.1.0 ProviderRoleCS. */
export const professions: Readonly<Record<ProfessionalRole, Profession>> = {
  physician: {
    credentials: [
      { letters: 'MD', share: 0.88, degree: 'MD' },
      { letters: 'DO', share: 0.12, degree: 'DO' },
    ],
    providerRole: 'ph',
  },
  'physical-therapist': { credentials: [{ letters: 'DPT', share: 1 }], providerRole: 'pt' },
  psychologist: {
    credentials: [
      { letters: 'PhD', share: 0.6, degree: 'PHD' },
      { letters: 'PsyD', share: 0.4 },
    ],
    providerRole: 'py',
  },
  podiatrist: { credentials: [{ letters: 'DPM', share: 1 }], providerRole: 'po' },
  optometrist: { credentials: [{ letters: 'OD', share: 1 }], providerRole: 'oo' },
  audiologist: { credentials: [{ letters: 'AuD', share: 1 }], providerRole: 'au' },
  'speech-language-pathologist': { credentials: [{ letters: 'CCC-SLP', share: 1 }], providerRole: 'sp' },
  'occupational-therapist': { credentials: [{ letters: 'OTR/L', share: 1 }], providerRole: 'ot' },
  dietitian: { credentials: [{ letters: 'RDN', share: 1 }], providerRole: 'dn' },
  'oral-surgeon': { credentials: [{ letters: 'DMD', share: 1 }], providerRole: 'de' },
};
