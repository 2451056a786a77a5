import type { Scenario } from '../scenario.ts';

export const cardiology: readonly Scenario[] = [
  {
    id: 'palpitations',
    specialty: 'cardiology',
    reason: { icd10: 'R00.2', text: 'Palpitations, several times a week for three months' },
    priority: 'routine',
    problems: [
      { icd10: 'R00.2', onset: [80, 110] },
      { icd10: 'I49.3', onset: [18, 25] },
      { icd10: 'I10', onset: [1200, 2600] },
      { icd10: 'E78.5', onset: [900, 2400] },
    ],
    medications: [
      { rxnorm: '866924', directions: 'Take 1 tablet by mouth twice a day', started: [18, 24] },
      { rxnorm: '314076', directions: 'Take 1 tablet by mouth once a day', started: [900, 1500] },
      { rxnorm: '617310', directions: 'Take 1 tablet by mouth at bedtime', started: [700, 1200] },
    ],
    allergies: ['penicillin'],
    vitals: { systolic: [126, 142], diastolic: [76, 88], pulse: [74, 96], oxygen: [97, 99], weightKg: [68, 92], heightCm: [160, 181] },
    smoking: 'never',
    panels: [
      { panel: '58410-2', daysAgo: 20 },
      { panel: '24323-8', daysAgo: 20 },
      { panel: '24331-1', daysAgo: 140, values: { '2093-3': [205, 228], '2571-8': [120, 168] } },
    ],
    results: [{ loinc: '3016-3', daysAgo: 20, value: [1.1, 2.9] }],
    reports: [
      {
        loinc: '11524-6',
        title: 'Electrocardiogram, 12 leads',
        section: 'cardiology',
        daysAgo: 21,
        conclusion: 'Sinus rhythm with occasional premature ventricular complexes. Normal intervals. No ST or T wave changes.',
      },
      {
        loinc: '18754-2',
        title: 'Ambulatory rhythm monitor, 48 hours',
        section: 'cardiology',
        daysAgo: 12,
        conclusion:
          'Sinus rhythm throughout. Ventricular ectopy 6 % of beats, unifocal. One run of four ventricular beats at 138 per minute, with symptoms. No pauses, no atrial fibrillation.',
      },
      {
        loinc: '34552-0',
        title: 'Transthoracic echocardiogram',
        section: 'cardiology',
        daysAgo: 6,
        conclusion: 'Left ventricular ejection fraction 60 %. Normal chamber sizes. Trace mitral regurgitation.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with palpitations for three months, several times a week, lasting one to five minutes, twice with light-headedness. No syncope. No chest pain on exertion. Two cups of coffee a day, no stimulants.',
      examination: 'Regular rhythm with an occasional extra beat. No murmur. Lungs clear. No edema.',
      assessment:
        'Symptomatic ventricular ectopy with a short run on the monitor. Potassium {2823-3}, thyrotropin {3016-3}. Partial relief on metoprolol.',
      plan: 'Continue metoprolol tartrate 25 mg twice a day. Refer to cardiology. Return at once for syncope or chest pain.',
    },
    questions: [
      'Is further evaluation of the ventricular ectopy needed, and is there more to offer than a beta-blocker?',
      'Should this run of ventricular beats change treatment, and is cardiac imaging beyond the echocardiogram needed?',
    ],
  },
  {
    id: 'heart-failure',
    specialty: 'cardiology',
    reason: { icd10: 'I50.22', text: 'Chronic systolic heart failure, worse breathlessness over six weeks' },
    priority: 'urgent',
    problems: [
      { icd10: 'I50.22', onset: [300, 900] },
      { icd10: 'I25.10', onset: [1500, 3200] },
      { icd10: 'I10', onset: [3000, 5200] },
      { icd10: 'E11.9', onset: [1500, 4200] },
      { icd10: 'E78.5', onset: [2400, 4000] },
    ],
    medications: [
      { rxnorm: '200032', directions: 'Take 1 tablet by mouth twice a day with food', started: [250, 600] },
      { rxnorm: '979492', directions: 'Take 1 tablet by mouth once a day', started: [250, 600] },
      { rxnorm: '313988', directions: 'Take 1 tablet by mouth every morning', started: [30, 45] },
      { rxnorm: '313096', directions: 'Take 1 tablet by mouth once a day', started: [150, 240] },
      { rxnorm: '617311', directions: 'Take 1 tablet by mouth at bedtime', started: [1000, 2000] },
      { rxnorm: '861007', directions: 'Take 1 tablet by mouth twice a day with meals', started: [900, 2000] },
      { rxnorm: '243670', directions: 'Take 1 tablet by mouth once a day', started: [1400, 2900] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [102, 122], diastolic: [62, 76], pulse: [76, 94], oxygen: [93, 96], weightKg: [82, 108], heightCm: [160, 182] },
    smoking: 'former',
    panels: [
      {
        panel: '24323-8',
        daysAgo: 9,
        values: { '2160-0': [1.25, 1.55], '2823-3': [4.6, 5.2], '3094-0': [24, 34], '2345-7': [118, 152], '2951-2': [133, 137] },
      },
      { panel: '58410-2', daysAgo: 9, values: { '718-7': [11.4, 12.6] } },
      { panel: '24331-1', daysAgo: 190 },
    ],
    results: [
      { loinc: '42637-9', daysAgo: 9, value: [620, 1180] },
      { loinc: '42637-9', daysAgo: 170, value: [260, 410] },
      { loinc: '4548-4', daysAgo: 60, value: [6.7, 7.6] },
      { loinc: '3016-3', daysAgo: 170, value: [1.4, 3.2] },
    ],
    reports: [
      {
        loinc: '34552-0',
        title: 'Transthoracic echocardiogram',
        section: 'cardiology',
        daysAgo: 28,
        conclusion:
          'Left ventricle dilated, ejection fraction 32 % (41 % a year ago). Moderate functional mitral regurgitation. Left atrium enlarged. Estimated pulmonary artery systolic pressure 44 mm Hg.',
      },
      {
        loinc: '11524-6',
        title: 'Electrocardiogram, 12 leads',
        section: 'cardiology',
        daysAgo: 9,
        conclusion: 'Sinus rhythm 84 per minute. Left bundle branch block, QRS duration 152 ms. No acute ST changes.',
      },
      {
        loinc: '36643-5',
        title: 'Chest X-ray, two views',
        section: 'radiology',
        daysAgo: 9,
        conclusion: 'Cardiomegaly. Mild pulmonary vascular congestion. Small right pleural effusion.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with known systolic heart failure. For six weeks breathless after one flight of stairs, sleeps on two pillows, gained 3 kg. No chest pain, no syncope. Takes all medicines.',
      examination: 'Jugular venous pressure raised. Fine crackles at both bases. Pitting edema to mid-shin.',
      assessment:
        'Heart failure with reduced ejection fraction, symptoms now NYHA class III, ejection fraction fallen to 32 %. Natriuretic peptide {42637-9}, creatinine {2160-0}, potassium {2823-3}. Wide QRS.',
      plan: 'Furosemide raised to 40 mg. Daily weights. Urgent cardiology referral. Repeat chemistry in one week.',
    },
    questions: [
      'Please advise on escalating therapy and on device candidacy, given ejection fraction 32 % and QRS 152 ms.',
      'Can sacubitril with valsartan replace losartan at this potassium and renal function, and is a device indicated?',
    ],
  },
  {
    id: 'chest-pain',
    specialty: 'cardiology',
    reason: { icd10: 'R07.9', text: 'Chest pain' },
    priority: 'urgent',
    problems: [
      { icd10: 'R07.9', onset: [2, 5] },
      { icd10: 'I10', onset: [2000, 3600] },
      { icd10: 'E78.5', onset: [1500, 3000] },
      { icd10: 'F17.210', onset: [6000, 9000] },
    ],
    medications: [
      { rxnorm: '197361', directions: 'Take 1 tablet by mouth once a day', started: [900, 1500] },
      { rxnorm: '617310', directions: 'Take 1 tablet by mouth at bedtime', started: [700, 1200] },
      { rxnorm: '243670', directions: 'Take 1 tablet by mouth once a day', started: [2, 4] },
    ],
    allergies: ['none-known'],
    vitals: { systolic: [144, 162], diastolic: [86, 96], pulse: [78, 98], oxygen: [96, 98], weightKg: [80, 104], heightCm: [165, 184] },
    smoking: 'daily',
    panels: [
      { panel: '58410-2', daysAgo: 2 },
      { panel: '24323-8', daysAgo: 2, values: { '2345-7': [104, 124] } },
      { panel: '24331-1', daysAgo: 210, values: { '2093-3': [224, 252], '2085-9': [34, 42], '2571-8': [160, 230] } },
    ],
    results: [],
    reports: [
      {
        loinc: '11524-6',
        title: 'Electrocardiogram, 12 leads',
        section: 'cardiology',
        daysAgo: 1,
        conclusion: 'Sinus rhythm. Nonspecific T wave flattening in the lateral leads. No earlier tracing to compare with.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} with chest pressure for two to three days, brought on by climbing stairs and relieved by rest within minutes. Smokes a pack a day. Father had a myocardial infarction at 52.',
      examination: 'Comfortable at rest. Heart sounds normal. Chest wall not tender. Lungs clear.',
      assessment: 'New exertional chest pain with risk factors. Electrocardiogram nonspecific.',
      plan: 'Aspirin started. Cardiology to see. Told to call 911 if pain comes at rest or lasts longer than ten minutes.',
    },
    questions: ['Is this angina, and which test should come first?'],
  },
  {
    id: 'atrial-fibrillation',
    specialty: 'cardiology',
    reason: { icd10: 'I48.0', text: 'Paroxysmal atrial fibrillation, new' },
    priority: 'routine',
    problems: [
      { icd10: 'I48.0', onset: [25, 40] },
      { icd10: 'I10', onset: [2000, 4200] },
      { icd10: 'G47.33', onset: [800, 1800] },
    ],
    medications: [
      { rxnorm: '1364445', directions: 'Take 1 tablet by mouth twice a day', started: [22, 38] },
      { rxnorm: '866436', directions: 'Take 1 tablet by mouth once a day', started: [22, 38] },
      { rxnorm: '979480', directions: 'Take 1 tablet by mouth once a day', started: [900, 1600] },
    ],
    allergies: ['sulfa'],
    vitals: { systolic: [124, 140], diastolic: [72, 84], pulse: [66, 88], oxygen: [96, 98], weightKg: [84, 112], heightCm: [162, 184] },
    smoking: 'former',
    panels: [
      { panel: '58410-2', daysAgo: 26 },
      { panel: '24323-8', daysAgo: 26 },
    ],
    results: [{ loinc: '3016-3', daysAgo: 26, value: [0.9, 2.6] }],
    reports: [
      {
        loinc: '11524-6',
        title: 'Electrocardiogram, 12 leads',
        section: 'cardiology',
        daysAgo: 27,
        conclusion: 'Atrial fibrillation, ventricular rate 112 per minute. No ischemic changes.',
      },
      {
        loinc: '34552-0',
        title: 'Transthoracic echocardiogram',
        section: 'cardiology',
        daysAgo: 14,
        conclusion: 'Ejection fraction 58 %. Left atrium mildly enlarged, 42 mm. No significant valve disease.',
      },
    ],
    procedures: [],
    note: {
      history:
        '{age}-year-old {person} found to be in atrial fibrillation at a visit for fatigue. Two further episodes at home, each about an hour. No stroke, no bleeding. Uses CPAP most nights.',
      examination: 'Now in regular rhythm. No murmur. No signs of heart failure.',
      assessment: 'Paroxysmal atrial fibrillation, anticoagulated. Thyrotropin {3016-3}, hemoglobin {718-7}.',
      plan: 'Continue apixaban and metoprolol succinate. Refer for rhythm strategy.',
    },
    questions: ['Rhythm or rate control, and is catheter ablation worth considering this early?'],
  },
];
