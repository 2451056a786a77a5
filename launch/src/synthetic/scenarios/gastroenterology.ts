import type { Scenario } from '../scenario.ts';

export const gastroenterology: readonly Scenario[] = [
  {
    id: 'iron-deficiency-anemia',
    specialty: 'gastroenterology',
    reason: { icd10: 'D50.9', text: 'Iron deficiency anemia without an explanation' },
    priority: 'urgent',
    problems: [
      { icd10: 'D50.9', onset: [35, 60] },
      { icd10: 'R19.5', onset: [12, 18], text: 'Positive fecal immunochemical test' },
      { icd10: 'I10', onset: [1500, 3000] },
    ],
    medications: [
      { rxnorm: '310325', directions: 'Take 1 tablet by mouth once a day', started: [30, 40] },
      { rxnorm: '314077', directions: 'Take 1 tablet by mouth once a day', started: [900, 1800] },
      {
        rxnorm: '197806',
        directions: 'Take 1 tablet by mouth three times a day as needed',
        started: [200, 400],
        stopped: { daysAgo: 30, reason: 'Possible gastrointestinal bleeding' },
      },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [118, 134], diastolic: [70, 82], pulse: [82, 98], oxygen: [97, 99], weightKg: [62, 88], heightCm: [156, 178] },
    smoking: 'never',
    panels: [
      { panel: '58410-2', daysAgo: 10, values: { '718-7': [8.9, 10.4], '787-2': [68, 75], '777-3': [380, 460] } },
      { panel: '58410-2', daysAgo: 400, values: { '718-7': [12.6, 13.6] } },
      { panel: '24323-8', daysAgo: 10 },
    ],
    results: [
      { loinc: '2276-4', daysAgo: 10, value: [4, 9] },
      { loinc: '2498-4', daysAgo: 10, value: [18, 34] },
      { loinc: '2500-7', daysAgo: 10, value: [455, 510] },
      { loinc: '2502-3', daysAgo: 10, value: [4, 7] },
      { loinc: '29771-3', daysAgo: 14, value: { text: 'Positive', abnormal: true } },
    ],
    reports: [],
    procedures: [{ snomed: '73761001', text: 'Screening colonoscopy, two small hyperplastic polyps removed', daysAgo: 3900 }],
    note: {
      history:
        '{age}-year-old {person} with three months of fatigue and breathlessness on hills. No visible blood in stool, no weight loss, no other bleeding. Took ibuprofen most days for back pain until last month. Diet includes meat.',
      examination: 'Pale conjunctivae. Abdomen soft, no mass. Rectal examination: no mass, brown stool.',
      assessment:
        'Iron deficiency anemia, hemoglobin {718-7}, ferritin {2276-4}, with a positive fecal immunochemical test. A source in the gastrointestinal tract must be excluded.',
      plan: 'Oral iron, no NSAIDs. Refer for upper and lower endoscopy. Repeat CBC in four weeks.',
    },
    questions: [
      'Please evaluate for a gastrointestinal source; bidirectional endoscopy?',
      'Is colonoscopy alone enough, or should upper endoscopy be done in the same session?',
    ],
  },
  {
    id: 'reflux-with-dysphagia',
    specialty: 'gastroenterology',
    reason: { icd10: 'R13.10', text: 'Dysphagia to solids with long-standing reflux' },
    priority: 'urgent',
    problems: [
      { icd10: 'R13.10', onset: [40, 70] },
      { icd10: 'K21.9', onset: [2500, 4800] },
      { icd10: 'E66.9', onset: [2000, 4000] },
    ],
    medications: [
      { rxnorm: '7646', directions: '20 mg by mouth twice a day before meals', started: [55, 65] },
      { rxnorm: '308135', directions: 'Take 1 tablet by mouth once a day', started: [600, 1400] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [124, 138], diastolic: [76, 86], pulse: [68, 84], oxygen: [97, 99], weightKg: [92, 114], heightCm: [165, 182] },
    smoking: 'former',
    panels: [
      { panel: '58410-2', daysAgo: 25 },
      { panel: '24323-8', daysAgo: 25 },
    ],
    results: [],
    reports: [
      {
        loinc: '18748-4',
        title: 'Barium swallow',
        section: 'radiology',
        daysAgo: 15,
        conclusion: 'Smooth narrowing of the distal esophagus. A 13 mm tablet passed after delay. Small sliding hiatal hernia.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with heartburn for ten years. For two months bread and meat stick behind the breastbone, once or twice a week, regurgitated once. Weight steady. No hematemesis, no melena.',
      examination: 'No lymphadenopathy. Abdomen soft, not tender.',
      assessment: 'Solid food dysphagia with chronic reflux, narrowing on barium swallow. Hemoglobin {718-7}.',
      plan: 'Omeprazole doubled. Soft diet advice. Refer for upper endoscopy.',
    },
    questions: ['Upper endoscopy with biopsies, and dilation if this is a peptic stricture?'],
  },
  {
    id: 'change-in-bowel-habit',
    specialty: 'gastroenterology',
    reason: { icd10: 'K58.0', text: 'Chronic diarrhea, probable irritable bowel syndrome' },
    priority: 'routine',
    problems: [
      { icd10: 'K58.0', onset: [200, 500] },
      { icd10: 'F41.1', onset: [600, 1500] },
    ],
    medications: [{ rxnorm: '312941', directions: 'Take 1 tablet by mouth once a day', started: [300, 700] }],
    allergies: ['cephalexin'],
    vitals: { systolic: [108, 124], diastolic: [66, 78], pulse: [64, 82], oxygen: [98, 99], weightKg: [55, 78], heightCm: [156, 178] },
    smoking: 'never',
    panels: [
      { panel: '58410-2', daysAgo: 45 },
      { panel: '24323-8', daysAgo: 45 },
    ],
    results: [
      { loinc: '1988-5', daysAgo: 45, value: [0.5, 3.1] },
      { loinc: '3016-3', daysAgo: 45, value: [1.0, 2.8] },
      { loinc: '29771-3', daysAgo: 40, value: { text: 'Negative', abnormal: false } },
    ],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with loose stools three to five times a day for a year, cramps relieved by defecation. No nocturnal stools, no blood, weight steady. Low-FODMAP diet for six weeks helped a little.',
      examination: 'Abdomen soft, mild tenderness in the left lower quadrant.',
      assessment: 'Picture of irritable bowel syndrome with diarrhea. CRP {1988-5}, fecal immunochemical test {29771-3}.',
      plan: 'Refer for evaluation of persistent diarrhea.',
    },
    questions: ['Is colonoscopy with biopsies needed to exclude microscopic colitis?'],
  },
];
