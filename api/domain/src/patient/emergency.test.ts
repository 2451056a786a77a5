import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { growth } from '../../../../tools/growth.ts';
import { emergencyIn } from './emergency.ts';

type Phrasings = Record<'en' | 'es', Record<'emergency' | 'none', Record<string, string[]>>>;
const read = (name: string): Phrasings => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Phrasings;
const sets = {
  'made with': read('emergency-made-with.json'),
  'held out': read('emergency-held-out.json'),
  'second author': read('emergency-second-author.json'),
  afterwards: read('emergency-afterwards.json'),
  'third author': read('emergency-third-author.json'),
};
const all = (set: Phrasings, language: 'en' | 'es', expected: 'emergency' | 'none') => Object.values(set[language][expected]).flat();

/** Floors: a miss may cost a life, a false alarm a text. */
const FLOORS = {
  'made with': { recall: 1, falseAlarms: 0 },
  'held out': { recall: 0.97, falseAlarms: 0.06 },
  'second author': { recall: 0.97, falseAlarms: 0.06 },
  afterwards: { recall: 0.97, falseAlarms: 0.06 },
  'third author': { recall: 0.97, falseAlarms: 0.08 },
};

test('there are at least 300 phrasings, none both among those the rules were made with and held out', () => {
  const texts = Object.values(sets).map((set) =>
    (['en', 'es'] as const).flatMap((language) => [...all(set, language, 'emergency'), ...all(set, language, 'none')]),
  );
  const [made, held] = texts.map((list) => new Set(list.map((text) => text.toLowerCase())));
  expect(texts.flat().length).toBeGreaterThanOrEqual(300);
  expect([...(made ?? [])].filter((text) => held?.has(text))).toEqual([]);
});

describe.each(Object.entries(sets))('%s', (name, set) => {
  const floor = FLOORS[name as keyof typeof FLOORS];
  test.each(['en', 'es'] as const)('%s', (language) => {
    const emergencies = all(set, language, 'emergency');
    const others = all(set, language, 'none');
    const missed = emergencies.filter((text) => emergencyIn(text) === undefined);
    const alarms = others.filter((text) => emergencyIn(text) !== undefined);
    process.stdout.write(
      `${name}, ${language}: recall ${emergencies.length - missed.length}/${emergencies.length}, false alarms ${alarms.length}/${others.length}\n`,
    );
    expect(1 - missed.length / emergencies.length, missed.join(' | ')).toBeGreaterThanOrEqual(floor.recall);
    expect(alarms.length / others.length, alarms.join(' | ')).toBeLessThanOrEqual(floor.falseAlarms);
  });
});

describe('what governs a word', () => {
  test.each([
    ['I have no chest pain', undefined],
    ['I have no chest pain, but I cannot breathe', 'breathing'],
    ['I had a stroke in 2010', undefined],
    ['I had a stroke in 2010 and now my face is numb', 'brain'],
    ['I don’t know what to do, my chest hurts', 'chest'],
    ['stop. I can’t breathe', 'breathing'],
    ['CANT BREATHE', 'breathing'],
    ['No puedo respirar', 'breathing'],
    ['I have never had such bad chest pain', 'chest'],
    ['I have never had chest pain', undefined],
    ['when I was walking my chest started hurting', 'chest'],
    ['I had a seizure when I was nine years old', undefined],
    ['I had a seizure when I was 9', undefined],
    ['chest pain 3 months ago', undefined],
    ['chest pain 3 months ago and it is back', 'chest'],
    ['the pain in my chest went away', undefined],
    ['the pain in my chest went away but came back', 'chest'],
    ['no chest pain but my chest hurts when I breathe', 'chest'],
    ['me duele el pecho hace dos meses', 'chest'],
    ['tuve un infarto hace dos meses', undefined],
    ['the bleeding has not stopped', 'bleeding'],
    ['The chest pain hasn’t stopped', 'chest'],
    ['the chest pain has stopped', undefined],
    ['el dolor de pecho no paro', 'chest'],
    ['I never had chest pain before but now I do', 'chest'],
    ['No chest pain. Now I do have a question', undefined],
    ['I can’t talk right now', undefined],
    ['my dad can’t talk right now', 'brain'],
    ['no puedo hablar', 'brain'],
    ['no puedo hablar ahora', undefined],
    ['no puedo mover la cita', undefined],
    ['I can’t move my appointment', undefined],
    ['my sugar is 38', 'sugar'],
    ['my sugar is 138', undefined],
    ['', undefined],
    ['👍', undefined],
  ])('%s', (message, kind) => {
    expect(emergencyIn(message)).toBe(kind);
  });

  test('of a message as long as a gateway lets through each finding is looked at with the rest: its square, and no more', async () => {
    const read = (times: number) => emergencyIn('no chest heart pain in my the so very '.repeat(times));
    expect(read(1000)).toBeUndefined();
    expect(await growth(125, 1000, read)).toBeLessThan(16);
  });
});
