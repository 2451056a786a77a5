import { describe, expect, test } from 'vitest';
import { SPECIALTIES } from '../clinical/specialty.ts';
import { keywordIn } from './keywords.ts';
import { MESSAGE_TOPICS, mailFor, REPLIES, replyFor, textFor } from './messages.ts';
import { englishGrade, isPlain, type Language, spanishPerspicuity } from './reading-grade.ts';
import { specialistInPlainWords } from './specialty-words.ts';

const sender = { practice: 'Maple Clinic', phone: '555-0100' };
const LANGUAGES: readonly Language[] = ['en', 'es'];
/** A link is no word that anybody reads. */
const bodies = (language: Language): string[] => [
  ...MESSAGE_TOPICS.map((topic) => textFor(topic, language, sender, '')),
  ...MESSAGE_TOPICS.map((topic) => mailFor(topic, language, sender, '').body),
  ...REPLIES.map((reply) => replyFor(reply, language, sender)),
];

describe.each(LANGUAGES)('what is written in %s', (language) => {
  test.each(bodies(language))('%s', (body) => {
    const told = language === 'en' ? `grade ${englishGrade(body)}` : `perspicuity ${spanishPerspicuity(body)}`;
    expect(isPlain(body, language), told).toBe(true);
    expect(body).not.toMatch(/[{}!]/);
  });

  test('a text with its link is at most 300 characters, and ends with how to stop', () => {
    for (const topic of MESSAGE_TOPICS) {
      const text = textFor(topic, language, sender, `https://refloop.example/patient#${'x'.repeat(43)}`);
      expect(text.length).toBeLessThanOrEqual(300);
      expect(text).toMatch(/STOP to end texts\.$|ALTO para no recibir más\.$/);
    }
  });
});

describe('the reading grade', () => {
  // Worked by hand: 6 words, 1 sentence, 6 syllables: 0.39·6 + 11.8·1 − 15.59.
  test('of a plain sentence', () => expect(englishGrade('The cat sat on the mat.')).toBeCloseTo(-1.45, 2));
  test('of a hard one', () =>
    expect(englishGrade('Interdisciplinary coordination necessitates comprehensive documentation.')).toBeGreaterThan(20));
  // Worked by hand: 5 words, 1 sentence, 8 syllables (el ga-to es-tá en ca-sa): 206.835 − 62.3·8/5 − 5.
  test('of a plain Spanish one', () => expect(spanishPerspicuity('El gato está en casa.')).toBeCloseTo(102.155, 2));
  test('of a hard Spanish one', () =>
    expect(isPlain('La coordinación interdisciplinaria requiere documentación exhaustiva.', 'es')).toBe(false));
});

describe('one word that is heeded', () => {
  test.each([
    ['STOP', 'stop'],
    [' stop. ', 'stop'],
    ['Alto', 'stop'],
    ['Please stop texting me', 'stop'],
    ['no me manden más mensajes', 'stop'],
    ['Unsubscribe', 'stop'],
    ['opt-out', 'stop'],
    ['START', 'start'],
    ['ayuda', 'help'],
    ['HELP', 'help'],
    ['I had to stop taking the pills', undefined],
    ['Can you stop by?', undefined],
    ['yes', undefined],
    ['', undefined],
    ['Please stop', 'stop'],
    ['pls STOP!!', 'stop'],
    ['Stop. Stop. STOP', 'stop'],
    ['STOPP', 'stop'],
    ['s t o p', 'stop'],
    ['stop it', 'stop'],
    ['Stop sending me these', 'stop'],
    ['Remove me from this list', 'stop'],
    ['Do not contact me', 'stop'],
    ['No quiero más mensajes', 'stop'],
    ['deja de escribirme', 'stop'],
    ['¡Basta!', 'stop'],
    ['take me off the waiting list', undefined],
    ['I can’t stop coughing', undefined],
    ['no quiero', undefined],
    ['Do not send me to that office', undefined],
    ['stop by on Friday?', undefined],
  ])('%s', (message, keyword) => {
    expect(keywordIn(message)).toBe(keyword);
  });
});

test('every specialty has its plain words', () => {
  expect(SPECIALTIES.filter(({ id }) => specialistInPlainWords(id) === undefined)).toEqual([]);
});
