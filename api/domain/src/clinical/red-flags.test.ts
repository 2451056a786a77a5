import { expect, test } from 'vitest';
import { ICD10CM } from '../fhir/read.ts';
import { EMERGENCY_QUESTION, redFlags } from './red-flags.ts';

const ids = (text: string): string[] => redFlags(text, []).map((flag) => flag.id);

const asked: readonly (readonly [text: string, id: string])[] = [
  // The source documents' own list: chest pain, difficulty breathing, severe bleeding.
  ['Chest pain', 'chest-pain'],
  ['58 yo woman with chest pain radiating to the left arm', 'chest-pain'],
  ['CHEST PRESSURE since this morning', 'chest-pain'],
  ['Tightness in her chest when climbing stairs', 'chest-pain'],
  ['Crushing substernal pain, diaphoretic', 'chest-pain'],
  ['Concern for heart attack', 'chest-pain'],
  ['Rule out MI: chest discomfort for 2 hours', 'chest-pain'],
  ['NSTEMI suspected, troponin pending', 'chest-pain'],
  ['History of CAD, now with chest pain', 'chest-pain'],
  ['No fever, chest pain since noon', 'chest-pain'],
  ['Denies fever but has chest pain', 'chest-pain'],
  ['3-day history of chest pain', 'chest-pain'],
  ['History of present illness: chest pain at rest', 'chest-pain'],
  ['No relief of chest pain with nitroglycerin', 'chest-pain'],
  ['Chest pain not relieved by rest', 'chest-pain'],
  ['No known drug allergies, chest pain today', 'chest-pain'],
  ['Difficulty breathing', 'breathing'],
  ['He has trouble breathing at night', 'breathing'],
  ["Can't breathe lying flat", 'breathing'],
  ['Cannot catch her breath', 'breathing'],
  ['Sudden shortness of breath', 'breathing'],
  ['Shortness of breath', 'breathing'],
  ['Dyspnea at rest, worse on exertion', 'breathing'],
  ['Chronic COPD with severe dyspnea now', 'breathing'],
  ['Stridor in a toddler', 'breathing'],
  ['Severe bleeding', 'bleeding'],
  ['Heavy rectal bleeding since yesterday', 'bleeding'],
  ['Bleeding that won’t stop after extraction', 'bleeding'],
  ['Vomiting blood', 'bleeding'],
  ['Vomited up bright red blood twice', 'bleeding'],
  ['Hematemesis and melena', 'bleeding'],
  ['Coffee-ground emesis', 'bleeding'],
  // Stroke.
  ['Facial droop and slurred speech', 'stroke'],
  ['Sudden weakness on the right', 'stroke'],
  ['New left-sided weakness', 'stroke'],
  ['Numbness of one side since breakfast', 'stroke'],
  ['Worst headache of her life', 'stroke'],
  ['Thunderclap headache', 'stroke'],
  ['TIA yesterday', 'stroke'],
  ['Possible stroke', 'stroke'],
  ['Signs of a stroke since lunch', 'stroke'],
  ['Can not breathe well tonight', 'breathing'],
  ['Sudden loss of vision in the right eye', 'stroke'],
  // Suicide and self-harm.
  ['Suicidal ideation with a plan', 'suicide'],
  ['Depressed, wants to die', 'suicide'],
  ['Says he will kill himself', 'suicide'],
  ['High risk of suicide', 'suicide'],
  ['Thinks everyone would be better off dead without her: she is better off dead', 'suicide'],
  ['Brought in by her mother, suicidal since Monday', 'suicide'],
  ['History of depression, previous suicide attempt, now suicidal again', 'suicide'],
  ['Homicidal thoughts toward a neighbor', 'suicide'],
  // The rest of the table.
  ['Took too many pills last night', 'overdose'],
  ['Anaphylaxis after peanuts this morning', 'anaphylaxis'],
  ['Tongue swelling and hives', 'anaphylaxis'],
  ['Found unresponsive', 'consciousness'],
  ['Actively seizing', 'consciousness'],
  ['Fever with stiff neck', 'infection'],
  ['Concern for sepsis', 'infection'],
  ['CT shows pulmonary embolism', 'lung-clot'],
  ['Back pain with saddle anesthesia', 'spinal-cord'],
  ['Cold pulseless leg', 'limb'],
  ['Rigid abdomen', 'abdomen'],
  ['Testicular torsion?', 'abdomen'],
  ['Acute angle-closure glaucoma', 'eye'],
  ['DKA, glucose 540', 'metabolic'],
  ['Eclampsia', 'pregnancy'],
];

test.each(asked)('asks: %s', (text, id) => {
  expect(ids(text)).toContain(id);
});

const quiet: readonly string[] = [
  'No chest pain',
  'Denies chest pain, shortness of breath or syncope',
  'Denies chest pain, dyspnea, palpitations',
  'Palpitations without chest pain or difficulty breathing',
  'No chest pain, dyspnea, or syncope',
  'No fever, chest pain or cough',
  'Chest pain: denied',
  'Chest pain: none',
  'Never had chest pain',
  'Negative for chest pain',
  'MI ruled out by serial troponins, heart attack ruled out',
  'History of heart attack',
  'H/o TIA, on aspirin',
  'Prior pulmonary embolism on apixaban',
  'Family history of heart attack',
  'Father had a heart attack at 50',
  'TIA in 2019',
  'Pulmonary embolism 3 years ago',
  'Stroke prevention in atrial fibrillation',
  'At risk for sepsis given neutropenia',
  'Chronic dyspnea on exertion for 2 years',
  'Shortness of breath with exercise, stable',
  'No suicidal ideation',
  'Denies suicidal or homicidal thoughts',
  'Heavy menstrual bleeding for six months',
  'Pre-eclampsia in her first pregnancy',
  'Septic arthritis treated in spring',
  'Knee pain for six weeks after a fall',
  'Screening colonoscopy',
  'Recurrent palpitations with one syncope on 14 November',
  'Return if chest pain develops',
  'Elevated PSA 6.2 ng/mL, twice',
  '',
];

test.each(quiet)('does not ask: %s', (text) => {
  expect(ids(text)).toEqual([]);
});

test('shows the words as typed, after the question', () => {
  const [flag] = redFlags('Woke with Chest  Pain at 3 am. Chest pain again at noon.', []);
  expect(flag).toEqual({
    id: 'chest-pain',
    label: 'chest pain',
    found: 'Chest  Pain',
    sentence: `${EMERGENCY_QUESTION} The reason says “Chest  Pain”.`,
  });
});

test.each([
  ['R07.9', 'chest-pain'],
  ['r079', 'chest-pain'],
  ['I63.9', 'stroke'],
  ['R45.851', 'suicide'],
  ['J45.902', 'breathing'],
  ['K92.0', 'bleeding'],
  ['T78.2XXA', 'anaphylaxis'],
])('asks for ICD-10 %s', (code, id) => {
  expect(redFlags('', [{ system: ICD10CM, code }]).map((flag) => flag.id)).toEqual([id]);
});

test('codes of another system, of a later encounter, or of no emergency ask nothing', () => {
  expect(redFlags('', [{ system: 'http://snomed.info/sct', code: 'R07.9' }])).toEqual([]);
  expect(redFlags('', [{ system: ICD10CM, code: 'T78.2XXD' }])).toEqual([]);
  expect(
    redFlags('', [
      { system: ICD10CM, code: 'M17.11' },
      { system: ICD10CM, code: 'R55' },
    ]),
  ).toEqual([]);
});

test('a text of several emergencies asks for each once, in the order of the table', () => {
  expect(ids('Slurred speech, chest pain and difficulty breathing. Chest pain again.')).toEqual(['chest-pain', 'breathing', 'stroke']);
});
