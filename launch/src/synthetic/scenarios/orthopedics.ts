import type { Scenario } from '../scenario.ts';

export const orthopedics: readonly Scenario[] = [
  {
    id: 'knee-osteoarthritis',
    specialty: 'orthopedic-surgery',
    reason: { icd10: 'M17.11', text: 'Osteoarthritis of the right knee, conservative treatment exhausted' },
    priority: 'routine',
    problems: [
      { icd10: 'M17.11', onset: [900, 2400] },
      { icd10: 'M25.561', onset: [300, 700] },
      { icd10: 'I10', onset: [1800, 4000] },
      { icd10: 'E66.9', onset: [1800, 4000] },
    ],
    medications: [
      { rxnorm: '41493', directions: '15 mg by mouth once a day with food', started: [200, 320] },
      { rxnorm: '313782', directions: 'Take 2 tablets by mouth every six hours as needed', started: [400, 800] },
      { rxnorm: '197361', directions: 'Take 1 tablet by mouth once a day', started: [900, 1600] },
    ],
    allergies: ['sulfa'],
    vitals: { systolic: [124, 142], diastolic: [74, 86], pulse: [66, 82], oxygen: [96, 99], weightKg: [84, 110], heightCm: [158, 180] },
    smoking: 'never',
    panels: [
      { panel: '24323-8', daysAgo: 60 },
      { panel: '58410-2', daysAgo: 60 },
    ],
    results: [{ loinc: '72514-3', daysAgo: 1, value: [6, 8] }],
    reports: [
      {
        loinc: '18748-4',
        title: 'X-ray, right knee, three views, weight bearing',
        section: 'radiology',
        daysAgo: 24,
        conclusion:
          'Medial compartment joint space almost absent, subchondral sclerosis, osteophytes (Kellgren-Lawrence grade 4). Varus alignment. No fracture.',
      },
    ],
    procedures: [
      { snomed: '91251008', text: 'Physical therapy, knee, twelve sessions', daysAgo: 120 },
      { snomed: '231274008', text: 'Steroid injection, right knee, relief for six weeks', daysAgo: 150 },
    ],
    note: {
      history:
        '{age}-year-old {person} with right knee pain for five years, worse this year, {72514-3} of 10 at its worst. Walks two blocks, wakes at night. Twelve weeks of physical therapy, meloxicam, one steroid injection and weight loss of 5 kg tried.',
      examination:
        'Varus knee, small effusion, flexion 5 to 105 degrees, crepitus, medial joint line tender. Stable ligaments. Pulses present.',
      assessment: 'End-stage medial osteoarthritis of the right knee, function limited despite conservative treatment.',
      plan: 'Refer to orthopedic surgery. Continue exercises.',
    },
    questions: [
      'Is total knee arthroplasty indicated, and what should be optimized first?',
      'Surgical candidate? The patient would like an operation this year.',
    ],
  },
  {
    id: 'rotator-cuff-tear',
    specialty: 'orthopedic-surgery',
    reason: { icd10: 'M75.121', text: 'Rotator cuff tear, right shoulder' },
    priority: 'routine',
    problems: [
      { icd10: 'M75.121', onset: [40, 80] },
      { icd10: 'M25.511', onset: [120, 220] },
    ],
    medications: [{ rxnorm: '198014', directions: 'Take 1 tablet by mouth twice a day with food as needed', started: [90, 150] }],
    allergies: ['none-known'],
    vitals: { systolic: [118, 134], diastolic: [72, 84], pulse: [60, 78], weightKg: [70, 98], heightCm: [162, 188] },
    smoking: 'never',
    panels: [],
    results: [{ loinc: '72514-3', daysAgo: 1, value: [5, 7] }],
    reports: [
      {
        loinc: '18748-4',
        title: 'MRI, right shoulder, without contrast',
        section: 'radiology',
        daysAgo: 16,
        conclusion:
          'Full-thickness tear of the supraspinatus tendon, 2.2 cm, with mild retraction. No fatty atrophy. Biceps tendon intact.',
      },
      {
        loinc: '18748-4',
        title: 'X-ray, right shoulder, three views',
        section: 'radiology',
        daysAgo: 110,
        conclusion: 'No fracture or dislocation. Mild acromioclavicular arthrosis.',
      },
    ],
    procedures: [{ snomed: '91251008', text: 'Physical therapy, shoulder, ten sessions', daysAgo: 50 }],
    note: {
      history:
        '{age}-year-old {person}, right-handed, with shoulder pain and weakness since lifting a ladder five months ago. Cannot reach overhead, wakes when lying on it. Ten physical therapy sessions without gain.',
      examination: 'Active abduction 80 degrees, passive full. Weak external rotation. Positive drop arm test. Sensation intact.',
      assessment: 'Full-thickness supraspinatus tear with loss of function.',
      plan: 'Refer to orthopedic surgery for repair.',
    },
    questions: ['Is repair advisable before retraction progresses?'],
  },
  {
    id: 'lumbar-radiculopathy',
    specialty: 'orthopedic-surgery',
    reason: { icd10: 'M54.16', text: 'Lumbar radiculopathy, right L5, twelve weeks' },
    priority: 'routine',
    problems: [
      { icd10: 'M54.16', onset: [85, 110] },
      { icd10: 'M51.16', onset: [30, 45] },
    ],
    medications: [
      { rxnorm: '310431', directions: 'Take 1 capsule by mouth three times a day', started: [60, 80] },
      { rxnorm: '198014', directions: 'Take 1 tablet by mouth twice a day with food', started: [80, 100] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [116, 136], diastolic: [70, 84], pulse: [64, 82], weightKg: [72, 98], heightCm: [162, 186] },
    smoking: 'daily',
    panels: [],
    results: [{ loinc: '72514-3', daysAgo: 1, value: [6, 8] }],
    reports: [
      {
        loinc: '18748-4',
        title: 'MRI, lumbar spine, without contrast',
        section: 'radiology',
        daysAgo: 28,
        conclusion: 'Right paracentral L4-L5 disc extrusion displacing the right L5 nerve root. No central stenosis. Conus normal.',
      },
    ],
    procedures: [{ snomed: '91251008', text: 'Physical therapy, back, eight weeks', daysAgo: 40 }],
    note: {
      history:
        '{age}-year-old {person} with pain from the right buttock to the top of the foot for twelve weeks, pain {72514-3} of 10. Eight weeks of physical therapy, naproxen and gabapentin without lasting relief. No bladder or bowel symptoms, no saddle numbness.',
      examination: 'Straight leg raise positive at 40 degrees on the right. Great toe extension 4 of 5. Reflexes symmetric.',
      assessment: 'Right L5 radiculopathy from disc extrusion with mild weakness.',
      plan: 'Refer to spine surgery. Return at once for saddle numbness, incontinence or worse weakness.',
    },
    questions: ['Is microdiscectomy indicated now, or an epidural injection first?'],
  },
];
