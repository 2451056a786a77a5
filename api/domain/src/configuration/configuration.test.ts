import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SPECIALTIES } from '../clinical/specialty.ts';
import type { Language } from '../patient/reading-grade.ts';
import { specialistInPlainWords } from '../patient/specialty-words.ts';
import { type ConfigurationContent, contentOf, inOrder, UNCONFIGURED } from './configuration.ts';
import { differences } from './configuration-difference.ts';
import { faultsIn } from './configuration-faults.ts';
import { ownWords, productWords, TEMPLATE_RULES, TEMPLATES, type Template } from './templates.ts';

const about = { address: 'https://refloop.example', practice: 'Maple Clinic' };
const own = contentOf(UNCONFIGURED);
const faults = (content: Partial<ConfigurationContent>) =>
  faultsIn({ ...own, ...content }, about).map(({ field, fix }) => `${field}: ${fix}`);
const practice = (part: Partial<ConfigurationContent['practice']>) => faults({ practice: { ...own.practice, ...part } });
const worded = (template: Template, language: Language, words: string) => faults({ templates: [{ template, language, words }] });

describe('what Refloop says itself', () => {
  test('keeps every rule that a site has to keep, and so says one of its own with one word more', () => {
    const templates = TEMPLATES.flatMap((template) =>
      TEMPLATE_RULES[template].languages.map((language) => ({ template, language, words: productWords(template, language) })),
    );
    expect(faults({ templates })).toEqual([]);
    expect(inOrder({ ...own, templates }), 'and is no words of the site').toEqual(own);
  });
});

describe('messages', () => {
  test.each([
    ['book', 'en', '{practice}: Pick a day.', 'Put {link} where it belongs.'],
    ['book', 'en', 'Pick a day here: {link}', 'Put {practice} where it belongs.'],
    ['book', 'en', '{practice}: {patient}, pick a day here: {link}', 'Use {practice}, {link}, {phone} and no others.'],
    ['book', 'en', '{practice}: Pick a day here: {link} or here: {link}', 'Keep one {link}.'],
    ['book', 'en', '{practice}: Pick a day here: {link} or at bit.example.com', 'Take it out. {link} is the only address that is sent.'],
    [
      'book',
      'en',
      '{practice}: Your visit is on 12/3. See it here: {link}',
      'Use {phone} for the number to call; a date or a time is on the page.',
    ],
    ['book', 'en', '{practice}: Pick a day here:\n{link}', 'Write it on one line.'],
    [
      'book',
      'en',
      '{practice}: Your interdisciplinary consultation necessitates documentation: {link}',
      'Use shorter sentences and shorter words.',
    ],
    [
      'book',
      'es',
      '{practice}: La coordinación interdisciplinaria requiere documentación exhaustiva: {link}',
      'Use shorter sentences and shorter words.',
    ],
    ['book', 'en', `{practice}: ${'Pick a day. '.repeat(20)}{link}`, 'Take out 54.'],
    ['started', 'en', '{practice}: You will get texts from us.', 'Keep STOP as it is: people answer with it.'],
    ['started', 'es', '{practice}: Ya le mandamos los mensajes.', 'Keep ALTO as it is: people answer with it.'],
    ['stopped', 'en', '{practice}: No more texts. RESTART is gone.', 'Keep START as it is: people answer with it.'],
    ['not-read', 'en', '{practice}: We got your text. Call us: {phone}.', 'Keep 911 as it is: people answer with it.'],
    ['help', 'en', '{practice}: Reply STOP to end texts.', 'Put {phone} where it belongs.'],
    ['office-mail', 'en', '{practice} sends a referral: {link}', 'Keep NPI as it is: people answer with it.'],
    ['office-mail', 'es', '{practice} manda {link} NPI', 'Take it out.'],
  ] as const)('%s, %s: “%s”', (template, language, words, fix) => {
    expect(worded(template, language, words)).toEqual([`templates.${template}.${language}: ${fix}`]);
  });

  test.each([
    ...SPECIALTIES.map(({ name }) => name),
    ...SPECIALTIES.flatMap(({ id }) => specialistInPlainWords(id)?.en ?? []),
    'test results',
    'surgery',
    'cáncer',
    'embarazo',
  ])('none tells what it is about: %s', (words) => {
    expect(worded('rate', 'en', `{practice}: Your ${words}: how was it? {link}`)).toContain(
      'templates.rate.en: Say who writes and where to look. What it is about stands on the page behind the link.',
    );
  });

  test('room is counted with the name that stands in it and the address of this Refloop', () => {
    const content = inOrder({
      ...own,
      templates: [{ template: 'rate', language: 'en', words: `{practice}: ${'How was it? '.repeat(13)}{link}` }],
    });
    expect(faultsIn(content, about)).toEqual([]);
    expect(faultsIn({ ...content, practice: { ...own.practice, name: 'M'.repeat(60) } }, about)).toHaveLength(1);
    expect(faultsIn(content, { ...about, address: `https://${'r'.repeat(60)}.example` })).toHaveLength(1);
  });
});

describe('the practice', () => {
  test('a name, a number and a colour that all can read', () =>
    expect(practice({ name: 'Bay Family Clinic 24', phone: '+1 (510) 555-0150', accent: '#1f56b3' })).toEqual([]));
  test.each([
    [{ name: 'B' }, 'practice.name'],
    [{ name: 'Bay\r\nBcc: all@example.org' }, 'practice.name'],
    [{ name: 'Bay {link}' }, 'practice.name'],
    [{ name: 'Pay at www.bay-clinic.example' }, 'practice.name'],
    [{ name: 'Bay Clinic, call 555 0199' }, 'practice.name'],
    [{ name: 'Bay HIV Clinic' }, 'practice.name'],
    [{ name: 'Bay Cardiology' }, 'practice.name'],
    [{ phone: '555' }, 'practice.phone'],
    [{ phone: 'ask for Kim' }, 'practice.phone'],
    [{ accent: 'teal' }, 'practice.accent'],
    // 4.48 to 1 on white: the grey that is often taken for readable.
    [{ accent: '#777777' }, 'practice.accent'],
    // 4.54 on white, 4.27 on the page behind it.
    [{ accent: '#767676' }, 'practice.accent'],
  ])('%o', (part, field) => expect([...new Set(practice(part).map((each) => each.split(':')[0]))]).toEqual([field]));

  test('the grounds it is measured on are those of the pages', () => {
    const tokens = readFileSync(new URL('../../../../smart-app/src/ui/tokens.css', import.meta.url), 'utf8').split('}')[0];
    for (const token of ['--bg: #f7f8f9', '--paper: #ffffff', '--accent-ink: #ffffff']) expect(tokens).toContain(token);
  });
});

describe('statuses', () => {
  const named = (status: 'sent' | 'no-show', name: string) => faults({ statuses: [{ status, name }] });
  test('may be called otherwise, in any letters', () => expect(named('no-show', 'Did not come / No vino')).toEqual([]));
  test.each(['x'.repeat(31), '<b>', '{status}', 'a\nb'])('not %s', (name) => expect(named('sent', name)).toHaveLength(1));
  test('no two alike, whether the other is the site’s or Refloop’s', () => {
    expect(named('sent', 'Scheduled')).toEqual(['statuses.sent: Give each a name of its own.']);
    const swapped = {
      statuses: [
        { status: 'sent', name: 'received' },
        { status: 'received', name: 'sent' },
      ],
    } as const;
    expect(faults(swapped), 'swapped they can be told apart').toEqual([]);
  });
});

test('what changes is told by field, with what was there before', () => {
  const after = inOrder({
    practice: { name: ' Bay Clinic ', phone: '', accent: '#1F56B3' },
    statuses: [
      { status: 'no-show', name: 'did not come' },
      { status: 'sent', name: 'sent' },
    ],
    templates: [{ template: 'rate', language: 'en', words: '{practice}: How was it? {link}' }],
  });
  expect(after.practice).toEqual({ name: 'Bay Clinic', phone: null, accent: '#1f56b3' });
  expect(ownWords(after.templates, 'rate', 'es')).toBeUndefined();
  expect(differences(own, after).map(({ field, before }) => [field, before])).toEqual([
    ['practice.name', null],
    ['practice.accent', null],
    ['statuses.no-show', 'no show'],
    ['templates.rate.en', productWords('rate', 'en')],
  ]);
  expect(differences(after, after)).toEqual([]);
});

describe('payers that ask for no authorization', () => {
  const rules = (...noAuthorization: { payer: string; specialty: string | null }[]) => inOrder({ ...own, noAuthorization });
  test('in one order, each once however it is written; the last holds', () =>
    expect(
      rules({ payer: ' Plan B ', specialty: null }, { payer: 'Plan A', specialty: 'cardiology' }, { payer: 'plan b', specialty: null })
        .noAuthorization,
    ).toEqual([
      { payer: 'Plan A', specialty: 'cardiology' },
      { payer: 'plan b', specialty: null },
    ]));
  test('a payer has a name and a specialty is one of the list', () =>
    expect(
      faultsIn(rules({ payer: 'B', specialty: null }, { payer: 'Plan A', specialty: 'astrology' }), about).map(({ field }) => field),
    ).toEqual(['noAuthorization.B.all', 'noAuthorization.Plan A.astrology']));
  test('each that comes or goes is a change in words; a version from before has none', () => {
    const [before, after] = [rules({ payer: 'Plan A', specialty: null }), rules({ payer: 'Plan B', specialty: 'cardiology' })];
    expect(differences(before, after).map(({ what, before: was, after: is }) => [what, was, is])).toEqual([
      ['Plan A, every specialty', 'asks for no authorization', null],
      ['Plan B, Cardiology', null, 'asks for no authorization'],
    ]);
    const { noAuthorization: _, ...old } = UNCONFIGURED;
    expect(contentOf(old).noAuthorization).toEqual([]);
  });
});
