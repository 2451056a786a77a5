import type { Scenario } from '../scenario.ts';

export const nervesAndMind: readonly Scenario[] = [
  {
    id: 'chronic-migraine',
    specialty: 'neurology',
    reason: { icd10: 'G43.709', text: 'Chronic migraine, two preventives failed' },
    priority: 'routine',
    problems: [
      { icd10: 'G43.709', onset: [1200, 3000] },
      { icd10: 'F41.1', onset: [500, 1500] },
    ],
    medications: [
      { rxnorm: '37418', directions: '50 mg by mouth at onset, at most two doses in 24 hours', started: [700, 1200] },
      { rxnorm: '856457', directions: 'Take 2 tablets by mouth twice a day', started: [160, 220] },
      {
        rxnorm: '199888',
        directions: 'Take 2 tablets by mouth twice a day',
        started: [420, 500],
        stopped: { daysAgo: 300, reason: 'Word-finding difficulty' },
      },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [104, 122], diastolic: [64, 78], pulse: [58, 70], weightKg: [56, 80], heightCm: [156, 176] },
    smoking: 'never',
    panels: [{ panel: '58410-2', daysAgo: 90 }],
    results: [{ loinc: '3016-3', daysAgo: 90, value: [1.1, 2.9] }],
    reports: [
      {
        loinc: '24590-2',
        title: 'MRI, brain, without and with contrast',
        section: 'radiology',
        daysAgo: 260,
        conclusion: 'Normal for age. No mass, hemorrhage or white matter disease.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with eighteen headache days a month for six months, eleven of them migraine with nausea and light sensitivity. No aura. Topiramate stopped for word-finding difficulty, propranolol 40 mg twice a day for six months without effect. Acute medicines on eight days a month, ibuprofen included.',
      examination: 'Normal fundi, cranial nerves, strength and gait. Neck supple.',
      assessment: 'Chronic migraine, two preventives failed. Medication overuse unlikely.',
      plan: 'Headache diary. Refer to neurology.',
    },
    questions: [
      'Is this patient a candidate for botulinum toxin or a CGRP antibody?',
      'Next preventive, please, after topiramate and propranolol.',
    ],
  },
  {
    id: 'parkinsonism',
    specialty: 'neurology',
    reason: { icd10: 'G20.C', text: 'New tremor and slowness, parkinsonism suspected' },
    priority: 'routine',
    problems: [
      { icd10: 'G20.C', onset: [10, 30] },
      { icd10: 'R25.1', onset: [240, 420] },
      { icd10: 'I10', onset: [3000, 5200] },
    ],
    medications: [
      { rxnorm: '310798', directions: 'Take 1 tablet by mouth every morning', started: [1500, 2500] },
      { rxnorm: '243670', directions: 'Take 1 tablet by mouth once a day', started: [1500, 2500] },
    ],
    allergies: ['penicillin'],
    vitals: { systolic: [118, 136], diastolic: [66, 80], pulse: [62, 78], weightKg: [60, 84], heightCm: [156, 180] },
    smoking: 'never',
    panels: [
      { panel: '24323-8', daysAgo: 28 },
      { panel: '58410-2', daysAgo: 28 },
    ],
    results: [
      { loinc: '3016-3', daysAgo: 28, value: [1.2, 3.1] },
      { loinc: '2132-9', daysAgo: 28, value: [320, 610] },
      { loinc: '72172-0', daysAgo: 1, value: [26, 28] },
    ],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with a right hand tremor at rest for a year, smaller handwriting, slower walking. Sense of smell lost. No falls, no hallucinations. No dopamine-blocking medicines.',
      examination:
        'Rest tremor of the right hand, cogwheel rigidity at the right wrist, reduced arm swing on the right. Gait otherwise steady.',
      assessment: 'Asymmetric parkinsonism. Thyrotropin {3016-3}, vitamin B12 {2132-9}. Cognitive screen {72172-0}.',
      plan: 'Refer to neurology before treatment.',
    },
    questions: ['Do you agree with Parkinson disease, and should levodopa be started now?'],
  },
  {
    id: 'recurrent-depression',
    specialty: 'psychiatry',
    reason: { icd10: 'F33.2', text: 'Recurrent major depression, two treatments without remission' },
    priority: 'routine',
    problems: [
      { icd10: 'F33.2', onset: [120, 260] },
      { icd10: 'F41.1', onset: [1000, 2400] },
      { icd10: 'G47.00', onset: [200, 500] },
    ],
    medications: [
      { rxnorm: '596934', directions: 'Take 1 capsule by mouth once a day', started: [80, 100] },
      { rxnorm: '856377', directions: 'Take 1 tablet by mouth at bedtime', started: [60, 90] },
      {
        rxnorm: '312938',
        directions: 'Take 1 tablet by mouth once a day',
        started: [230, 260],
        stopped: { daysAgo: 100, reason: 'No response after ten weeks' },
      },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [112, 130], diastolic: [70, 82], pulse: [66, 84], weightKg: [60, 92], heightCm: [156, 182] },
    smoking: 'never',
    panels: [{ panel: '24323-8', daysAgo: 95 }],
    results: [
      { loinc: '44261-6', daysAgo: 1, value: [18, 22] },
      { loinc: '44261-6', daysAgo: 92, value: [17, 21] },
      { loinc: '75626-2', daysAgo: 1, value: [0, 2] },
      { loinc: '3016-3', daysAgo: 95, value: [1.0, 3.0] },
    ],
    reports: [],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} in a third depressive episode, low mood and early waking for seven months. Sertraline 100 mg for ten weeks and duloxetine 60 mg for twelve weeks without remission; weekly cognitive behavioral therapy. Passive thoughts of death, no plan, no attempt, no firearms at home. Supportive partner.',
      examination: 'Tearful, coherent, no psychosis. Insight good.',
      assessment: 'Severe recurrent depression, PHQ-9 {44261-6}. No mania in the history. Alcohol screen {75626-2}.',
      plan: 'Safety plan agreed. Refer to psychiatry.',
    },
    questions: ['Please advise on augmentation or neuromodulation after two adequate trials.'],
  },
  {
    id: 'chronic-pain',
    specialty: 'pain-medicine',
    reason: { icd10: 'M96.1', text: 'Pain after lumbar laminectomy' },
    priority: 'routine',
    problems: [
      { icd10: 'M96.1', onset: [500, 1100] },
      { icd10: 'G89.4', onset: [300, 700] },
      { icd10: 'F32.A', onset: [200, 500] },
    ],
    medications: [
      { rxnorm: '596930', directions: 'Take 1 capsule by mouth once a day', started: [150, 240] },
      { rxnorm: '483450', directions: 'Take 1 capsule by mouth twice a day', started: [150, 240] },
      { rxnorm: '313782', directions: 'Take 2 tablets by mouth every six hours as needed', started: [300, 700] },
    ],
    allergies: ['ibuprofen'],
    vitals: { systolic: [120, 138], diastolic: [72, 86], pulse: [68, 86], weightKg: [72, 102], heightCm: [160, 184] },
    smoking: 'former',
    panels: [],
    results: [
      { loinc: '72514-3', daysAgo: 1, value: [6, 8] },
      { loinc: '44261-6', daysAgo: 20, value: [9, 13] },
      { loinc: '75626-2', daysAgo: 20, value: [0, 2] },
    ],
    reports: [
      {
        loinc: '18748-4',
        title: 'MRI, lumbar spine, without and with contrast',
        section: 'radiology',
        daysAgo: 75,
        conclusion: 'Changes after L4-L5 laminectomy with epidural fibrosis around the left L5 root. No recurrent disc.',
      },
    ],
    procedures: [{ snomed: '91251008', text: 'Physical therapy, back, twelve sessions', daysAgo: 130 }],
    note: {
      history:
        '{age}-year-old {person} with low back and left leg pain since a laminectomy two years ago, burning, {72514-3} of 10, worse on sitting. Physical therapy, duloxetine, pregabalin and acetaminophen tried; no opioids for a year. Works half days.',
      examination: 'Healed scar. Left straight leg raise 50 degrees. Sensation reduced in L5. Strength full.',
      assessment: 'Persistent pain after spine surgery, neuropathic. PHQ-9 {44261-6}.',
      plan: 'Refer to pain medicine.',
    },
    questions: ['Would an epidural injection or a spinal cord stimulator trial help?'],
  },
];
