import type { Scenario } from '../scenario.ts';

export const dermatology: readonly Scenario[] = [
  {
    id: 'changing-pigmented-lesion',
    specialty: 'dermatology',
    reason: { icd10: 'D48.5', text: 'Changing pigmented lesion, left upper back' },
    priority: 'urgent',
    problems: [
      { icd10: 'D48.5', onset: [50, 90], text: 'Changing pigmented lesion, left upper back' },
      { icd10: 'D22.5', onset: [3000, 6000] },
      { icd10: 'E78.5', onset: [800, 2200] },
    ],
    medications: [{ rxnorm: '617310', directions: 'Take 1 tablet by mouth at bedtime', started: [500, 1200] }],
    allergies: ['none-known'],
    vitals: { systolic: [116, 132], diastolic: [70, 82], pulse: [62, 78], weightKg: [64, 92], heightCm: [160, 184] },
    smoking: 'never',
    panels: [],
    results: [],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with a mole on the left upper back that a partner saw grow and darken over three months. Itches, bled once. Blistering sunburns in childhood. A parent had melanoma.',
      examination:
        'Left upper back: 9 by 7 mm asymmetric macule, irregular border, two shades of brown with a blue-gray area. No satellite lesions. No axillary or cervical lymphadenopathy. About forty other nevi, none like it.',
      assessment: 'Pigmented lesion with asymmetry, border irregularity, color variation, diameter above 6 mm and evolution.',
      plan: 'Not biopsied here, so as not to disturb the margins. Photograph taken with consent. Urgent dermatology referral.',
    },
    questions: [
      'Is this melanoma? Please see within two weeks; excisional biopsy if you agree.',
      'Please assess with dermoscopy and biopsy if indicated.',
    ],
  },
  {
    id: 'psoriasis',
    specialty: 'dermatology',
    reason: { icd10: 'L40.0', text: 'Plaque psoriasis not controlled by topical treatment' },
    priority: 'routine',
    problems: [
      { icd10: 'L40.0', onset: [900, 2600] },
      { icd10: 'E66.9', onset: [900, 2400] },
    ],
    medications: [
      { rxnorm: '106256', directions: 'Apply a thin layer twice a day', started: [200, 300] },
      { rxnorm: '314076', directions: 'Take 1 tablet by mouth once a day', started: [300, 900] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [122, 138], diastolic: [76, 88], pulse: [66, 84], weightKg: [84, 108], heightCm: [162, 182] },
    smoking: 'former',
    panels: [
      { panel: '58410-2', daysAgo: 35 },
      { panel: '24323-8', daysAgo: 35 },
    ],
    results: [],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with plaque psoriasis of elbows, knees, scalp and lower back. Triamcinolone 0.1 % twice a day for eight months and a potent steroid for the scalp gave little relief. No joint pain or morning stiffness.',
      examination: 'Well demarcated scaling plaques, about 12 % of body surface. Nail pitting on three fingers. Joints normal.',
      assessment: 'Moderate plaque psoriasis, failed topical therapy. ALT {1742-6}, creatinine {2160-0}.',
      plan: 'Refer for phototherapy or systemic treatment.',
    },
    questions: ['Is this patient a candidate for phototherapy or a biologic, and which screening should we do first?'],
  },
  {
    id: 'basal-cell-carcinoma',
    specialty: 'dermatology',
    reason: { icd10: 'C44.91', text: 'Basal cell carcinoma, biopsy proven' },
    priority: 'routine',
    problems: [
      { icd10: 'C44.91', onset: [12, 20], text: 'Nodular basal cell carcinoma, left cheek' },
      { icd10: 'L57.0', onset: [900, 2200] },
      { icd10: 'I10', onset: [2600, 5200] },
    ],
    medications: [
      { rxnorm: '308135', directions: 'Take 1 tablet by mouth once a day', started: [1200, 2200] },
      { rxnorm: '1364445', directions: 'Take 1 tablet by mouth twice a day', started: [500, 900] },
    ],
    allergies: ['penicillin'],
    vitals: { systolic: [126, 144], diastolic: [70, 82], pulse: [60, 76], weightKg: [66, 90], heightCm: [160, 180] },
    smoking: 'former',
    panels: [{ panel: '58410-2', daysAgo: 80 }],
    results: [],
    reports: [
      {
        loinc: '11526-1',
        title: 'Skin biopsy, left cheek',
        section: 'pathology',
        daysAgo: 12,
        conclusion: 'Basal cell carcinoma, nodular type, extending to the deep margin of the biopsy.',
      },
    ],
    procedures: [{ snomed: '240977001', text: 'Shave biopsy of skin, left cheek', daysAgo: 19 }],
    note: {
      history:
        '{age}-year-old {person} with a pearly papule on the left cheek for eight months that bleeds when washed. Outdoor work for thirty years. Takes apixaban.',
      examination: 'Left cheek: 8 mm pearly papule with telangiectasia and a central crust. No palpable nodes.',
      assessment: 'Nodular basal cell carcinoma of the face, biopsy proven. On anticoagulation.',
      plan: 'Refer for definitive treatment.',
    },
    questions: ['Excision or Mohs surgery at this site, and can apixaban be continued?'],
  },
];
