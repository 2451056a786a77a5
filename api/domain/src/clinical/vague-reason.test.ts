import { expect, test } from 'vitest';
import { ICD10CM } from '../fhir/read.ts';
import { reasonIsVague } from './vague-reason.ts';

test.each([
  'Evaluate and treat',
  'eval',
  'Please see patient',
  'Consult',
  'Cardiology consult requested',
  'Second opinion',
  'Needs orthopedics referral',
  'Referral to dermatologist, thanks',
  'f/u',
  'Follow up with GI as needed',
  'Problem? Please check',
  '',
  '   ',
])('asks what is wrong: "%s"', (text) => {
  expect(reasonIsVague(text, [])?.missing).toEqual(['complaint', 'course']);
});

test.each(['Knee pain', 'Headache', 'Abnormal labs', 'Skin lesion'])('asks for the course: "%s"', (text) => {
  const vague = reasonIsVague(text, []);
  expect(vague?.missing).toEqual(['course']);
  expect(vague?.advice).toContain(`“${text}”`);
});

test.each([
  'Recurrent palpitations with one syncope on 14 November, during exertion',
  'Knee pain for six weeks after a fall',
  'Changing mole on the left shoulder, 8 mm, irregular border',
  'Iron deficiency anemia, ferritin 6, no menorrhagia, no response to oral iron',
  'Worsening headache',
])('says enough: "%s"', (text) => {
  expect(reasonIsVague(text, [])).toBeUndefined();
});

test('a specific diagnosis says enough, an examination code does not', () => {
  expect(reasonIsVague('Evaluate', [{ system: ICD10CM, code: 'I47.10' }])).toBeUndefined();
  expect(reasonIsVague('', [{ system: 'http://snomed.info/sct', code: '6456007' }])).toBeUndefined();
  expect(reasonIsVague('Evaluate', [{ system: ICD10CM, code: 'Z00.00' }])?.missing).toEqual(['complaint', 'course']);
  expect(reasonIsVague('Evaluate', [{ system: ICD10CM, code: 'R69' }])?.missing).toEqual(['complaint', 'course']);
});
