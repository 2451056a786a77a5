import type { Scenario } from '../scenario.ts';

export const endocrineAndKidney: readonly Scenario[] = [
  {
    id: 'type-2-diabetes',
    specialty: 'endocrinology',
    reason: { icd10: 'E11.65', text: 'Type 2 diabetes, hyperglycemia on three medicines' },
    priority: 'routine',
    problems: [
      { icd10: 'E11.65', onset: [2800, 4800] },
      { icd10: 'E11.42', onset: [400, 900] },
      { icd10: 'I10', onset: [2600, 4600] },
      { icd10: 'E78.5', onset: [2600, 4600] },
    ],
    medications: [
      { rxnorm: '861004', directions: 'Take 1 tablet by mouth twice a day with meals', started: [1500, 2800] },
      { rxnorm: '1545658', directions: 'Take 1 tablet by mouth every morning', started: [300, 500] },
      { rxnorm: '310490', directions: 'Take 1 tablet by mouth twice a day before meals', started: [700, 1500] },
      { rxnorm: '314077', directions: 'Take 1 tablet by mouth once a day', started: [1500, 2500] },
      { rxnorm: '617311', directions: 'Take 1 tablet by mouth at bedtime', started: [1500, 2500] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [128, 146], diastolic: [76, 88], pulse: [70, 88], oxygen: [96, 99], weightKg: [86, 114], heightCm: [158, 180] },
    smoking: 'former',
    panels: [
      { panel: '24323-8', daysAgo: 15, values: { '2345-7': [208, 276] } },
      { panel: '24331-1', daysAgo: 15, values: { '2571-8': [180, 280] } },
      { panel: '58410-2', daysAgo: 200 },
    ],
    results: [
      { loinc: '4548-4', daysAgo: 15, value: [9.4, 10.8] },
      { loinc: '4548-4', daysAgo: 110, value: [9.1, 9.9] },
      { loinc: '4548-4', daysAgo: 300, value: [8.2, 9.0] },
      { loinc: '9318-7', daysAgo: 15, value: [36, 120] },
      { loinc: '3016-3', daysAgo: 200, value: [1.2, 3.0] },
    ],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with type 2 diabetes for about ten years. HbA1c has climbed for a year despite metformin, empagliflozin and glipizide, all taken. Two low glucose readings a month. Burning feet at night. No insulin so far.',
      examination: 'Feet: no ulcers, monofilament sensation absent at three of ten sites. Pulses present. Waist 112 cm.',
      assessment: 'Type 2 diabetes above target, HbA1c {4548-4}, albumin to creatinine ratio {9318-7}, eGFR {98979-8}.',
      plan: 'Refer to endocrinology. Eye examination arranged.',
    },
    questions: [
      'Insulin or a GLP-1 receptor agonist next, and should glipizide be stopped?',
      'Please advise on intensification; the patient would accept injections.',
    ],
  },
  {
    id: 'thyroid-nodule',
    specialty: 'endocrinology',
    reason: { icd10: 'E04.1', text: 'Single thyroid nodule, 2.4 cm' },
    priority: 'routine',
    problems: [{ icd10: 'E04.1', onset: [25, 45] }],
    medications: [],
    allergies: ['none-known'],
    vitals: { systolic: [108, 126], diastolic: [66, 80], pulse: [64, 82], weightKg: [58, 82], heightCm: [156, 178] },
    smoking: 'never',
    panels: [],
    results: [
      { loinc: '3016-3', daysAgo: 22, value: [1.1, 2.6] },
      { loinc: '3024-7', daysAgo: 22, value: [1.0, 1.4] },
      { loinc: '8099-4', daysAgo: 22, value: [2, 8] },
    ],
    reports: [
      {
        loinc: '18748-4',
        title: 'Ultrasound, thyroid',
        section: 'radiology',
        daysAgo: 14,
        conclusion: 'Right lobe: solid hypoechoic nodule 2.4 cm with punctate echogenic foci, TI-RADS 5. No abnormal cervical nodes.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} who felt a lump in the neck a month ago. No hoarseness, dysphagia or neck irradiation. No family history of thyroid cancer.',
      examination: 'Firm mobile nodule in the right thyroid lobe. No cervical lymphadenopathy.',
      assessment: 'Suspicious thyroid nodule on ultrasound, euthyroid with thyrotropin {3016-3}.',
      plan: 'Refer for fine needle aspiration.',
    },
    questions: ['Fine needle aspiration, please, and further management.'],
  },
  {
    id: 'chronic-kidney-disease',
    specialty: 'nephrology',
    reason: { icd10: 'N18.32', text: 'Chronic kidney disease stage 3b with albuminuria, falling eGFR' },
    priority: 'routine',
    problems: [
      { icd10: 'N18.32', onset: [300, 700] },
      { icd10: 'E11.22', onset: [300, 700] },
      { icd10: 'I10', onset: [3600, 6000] },
    ],
    medications: [
      { rxnorm: '197884', directions: 'Take 1 tablet by mouth once a day', started: [700, 1500] },
      { rxnorm: '1488569', directions: 'Take 1 tablet by mouth every morning', started: [100, 160] },
      { rxnorm: '308135', directions: 'Take 1 tablet by mouth once a day', started: [700, 1500] },
      { rxnorm: '617311', directions: 'Take 1 tablet by mouth at bedtime', started: [1000, 2000] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [136, 152], diastolic: [76, 86], pulse: [66, 82], oxygen: [96, 98], weightKg: [74, 102], heightCm: [158, 180] },
    smoking: 'former',
    panels: [
      { panel: '24323-8', daysAgo: 12, values: { '2160-0': [1.75, 2.05], '3094-0': [32, 44], '2823-3': [4.8, 5.3], '2345-7': [112, 150] } },
      { panel: '24321-2', daysAgo: 115, values: { '2160-0': [1.6, 1.75], '3094-0': [28, 36], '2823-3': [4.6, 5.0] } },
      { panel: '24321-2', daysAgo: 360, values: { '2160-0': [1.35, 1.5], '3094-0': [24, 30] } },
      { panel: '58410-2', daysAgo: 12, values: { '718-7': [10.9, 11.8] } },
      { panel: '24356-8', daysAgo: 12, values: { '5804-0': [100, 300] } },
    ],
    results: [
      { loinc: '9318-7', daysAgo: 12, value: [420, 780] },
      { loinc: '9318-7', daysAgo: 200, value: [260, 400] },
      { loinc: '4548-4', daysAgo: 40, value: [6.8, 7.5] },
      { loinc: '2731-8', daysAgo: 12, value: [72, 110] },
      { loinc: '2777-1', daysAgo: 12, value: [3.4, 4.4] },
    ],
    reports: [
      {
        loinc: '24531-6',
        title: 'Ultrasound, kidneys and bladder',
        section: 'radiology',
        daysAgo: 30,
        conclusion: 'Right kidney 9.8 cm, left kidney 10.1 cm, cortices mildly echogenic. No hydronephrosis, no stones.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with type 2 diabetes and hypertension. Kidney function has fallen over a year. No edema, no urinary symptoms, no NSAIDs. Takes lisinopril 40 mg and dapagliflozin.',
      examination: 'No edema. No flank tenderness. No bruit.',
      assessment:
        'Diabetic kidney disease, creatinine {2160-0}, eGFR {98979-8}, albumin to creatinine ratio {9318-7}, potassium {2823-3}. Blood pressure above target.',
      plan: 'Refer to nephrology. Low-potassium diet advice. Repeat chemistry in four weeks.',
    },
    questions: [
      'Please advise on slowing progression and on adding finerenone at this potassium.',
      'Is a biopsy warranted given the pace of decline?',
    ],
  },
  {
    id: 'microscopic-hematuria-with-proteinuria',
    specialty: 'nephrology',
    reason: { icd10: 'R80.9', text: 'Proteinuria with microscopic hematuria' },
    priority: 'urgent',
    problems: [
      { icd10: 'R80.9', onset: [20, 40] },
      { icd10: 'R31.29', onset: [20, 40] },
    ],
    medications: [{ rxnorm: '979492', directions: 'Take 1 tablet by mouth once a day', started: [14, 20] }],
    allergies: ['none-known'],
    vitals: { systolic: [134, 148], diastolic: [82, 92], pulse: [68, 84], weightKg: [60, 84], heightCm: [158, 180] },
    smoking: 'never',
    panels: [
      { panel: '24323-8', daysAgo: 8, values: { '2160-0': [1.2, 1.4], '1751-7': [3.0, 3.4] } },
      { panel: '58410-2', daysAgo: 8 },
      {
        panel: '24356-8',
        daysAgo: 8,
        values: { '5804-0': [100, 300], '5794-3': { text: 'Large', abnormal: true } },
      },
    ],
    results: [
      { loinc: '9318-7', daysAgo: 8, value: [1100, 1900] },
      { loinc: '4485-9', daysAgo: 8, value: [95, 130] },
      { loinc: '4498-2', daysAgo: 8, value: [18, 30] },
    ],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with foamy urine for a month after a sore throat. Ankles swell in the evening. No rash, no joint pain, no visible blood.',
      examination: 'Trace ankle edema. Lungs clear. No rash.',
      assessment: 'Glomerular picture: albumin to creatinine ratio {9318-7}, hematuria, creatinine {2160-0}, albumin {1751-7}.',
      plan: 'Losartan started. Refer to nephrology, soon.',
    },
    questions: ['Kidney biopsy? Complement is normal.'],
  },
];
