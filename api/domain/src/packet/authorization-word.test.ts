/** By whose word a packet says where the payer's authorization stands, and when somebody has to say it (R104). */
import { describe, expect, test } from 'vitest';
import { authorizationWord, type WordAbout } from './authorization-word.ts';

const TODAY = '2026-11-29';
const about = (more: Partial<WordAbout> = {}): WordAbout => ({
  authorization: { status: 'not-checked' },
  coverage: { payer: 'Bay Health Plan', id: 'cov-1' },
  specialty: 'cardiology',
  order: null,
  rules: { version: 4, on: '2026-11-02', noAuthorization: [] },
  without: null,
  isRerouted: false,
  today: TODAY,
  ...more,
});
const word = (more: Partial<WordAbout> = {}) => authorizationWord(about(more));
const ruled = (...noAuthorization: WordAbout['rules']['noAuthorization'][number][]): Partial<WordAbout> => ({
  rules: { version: 4, on: '2026-11-02', noAuthorization },
});

type Part = Record<string, unknown>;
const said = (...parts: Part[]): Part => ({
  url: 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information',
  extension: [
    { url: 'coverage', valueReference: { reference: 'Coverage/cov-1' } },
    { url: 'covered', valueCode: 'covered' },
    ...parts,
    { url: 'date', valueDate: '2026-11-20' },
  ],
});
const needed = (code: string): Part => ({ url: 'pa-needed', valueCode: code });
const ordered = (...extension: Part[]): Partial<WordAbout> => ({ order: { resourceType: 'ServiceRequest', extension } });

test('insured, and nothing says it: somebody has to', () => expect(word()).toEqual({ kind: 'open', because: 'nobody-looked' }));

test.each(['not-needed', 'asked', 'approved', 'denied'] as const)('what is on record goes before all: %s', (status) => {
  const authorization = status === 'denied' ? { status, since: null, reason: 'other' as const } : { status, since: null };
  const more = { authorization, coverage: null, ...ordered(said(needed('auth-needed'))) };
  expect(word(more)).toEqual({ kind: 'on-record', status });
});

describe('once somebody else is asked', () => {
  const approved = { authorization: { status: 'approved-for-another', since: null }, isRerouted: true } as const;
  test('an approval on record does not cover them: somebody has to say it', () =>
    expect(word(approved)).toEqual({ kind: 'open', because: 'approved-for-another' }));
  test('nor does one that the payer put on the order', () => {
    const onOrder = ordered(said(needed('satisfied'), { url: 'satisfied-pa-id', valueString: 'Q8U119' }));
    expect(word({ ...onOrder, isRerouted: true })).toEqual({ kind: 'open', because: 'approved-for-another' });
    expect(word({ ...onOrder, ...approved })).toEqual({ kind: 'open', because: 'approved-for-another' });
    expect(word(onOrder).kind).toBe('settled');
  });
  test('what needs no authorization needs none of them either', () => {
    expect(word({ ...approved, ...ordered(said(needed('no-auth'))) }).kind).toBe('settled');
    expect(word({ ...approved, ...ruled({ payer: 'Bay Health Plan', specialty: null }) }).kind).toBe('settled');
    expect(word({ isRerouted: true, authorization: { status: 'not-needed', since: null } }).kind).toBe('on-record');
  });
});

test('the patient pays: there is nobody to ask', () =>
  expect(word({ coverage: { payer: 'self-pay', id: null } })).toEqual({
    kind: 'settled',
    by: { status: 'not-needed', ground: { kind: 'self-pay' } },
  }));

test('no coverage is known, which is not that there is none: somebody has to say it', () =>
  expect(word({ coverage: null })).toEqual({ kind: 'open', because: 'nobody-looked' }));

describe('a rule of the site', () => {
  test('answers for this payer and specialty, however the name is written, and names its version', () =>
    expect(word(ruled({ payer: ' bay health  PLAN', specialty: 'cardiology' }))).toMatchObject({
      by: { status: 'not-needed', ground: { kind: 'rule', version: 4, on: '2026-11-02', specialty: 'cardiology' } },
    }));
  test('for every specialty', () => expect(word(ruled({ payer: 'Bay Health Plan', specialty: null })).kind).toBe('settled'));
  test.each([
    ['another specialty', 'Bay Health Plan', 'urology'],
    ['another payer', 'Bay Health', null],
  ])('of %s it says nothing', (_, payer, specialty) => expect(word(ruled({ payer, specialty })).kind).toBe('open'));
  test('a payer without a name is none of a rule', () =>
    expect(word({ ...ruled({ payer: '', specialty: null }), coverage: { payer: null, id: null } }).kind).toBe('open'));
});

describe('the payer on the order (Da Vinci CRD)', () => {
  test('asks for none', () =>
    expect(word(ordered(said(needed('no-auth'))))).toEqual({
      kind: 'settled',
      by: { status: 'not-needed', ground: { kind: 'order', on: '2026-11-20' } },
    }));
  test('has given one, with its number', () =>
    expect(word(ordered(said(needed('satisfied'), { url: 'satisfied-pa-id', valueString: 'Q8U119' })))).toMatchObject({
      by: { status: 'approved', number: 'Q8U119' },
    }));
  test.each(['auth-needed'])('asks for one: no rule of the site says otherwise', (code) =>
    expect(word({ ...ordered(said(needed(code))), ...ruled({ payer: 'Bay Health Plan', specialty: null }) })).toEqual({
      kind: 'open',
      because: 'payer-asks-for-it',
    }),
  );
  test('does not cover it', () => {
    const not = said();
    const parts = (not['extension'] as Part[]).map((part) => (part['url'] === 'covered' ? { ...part, valueCode: 'not-covered' } : part));
    expect(word(ordered({ ...not, extension: parts }))).toEqual({ kind: 'open', because: 'not-covered' });
  });
  test.each(['conditional', 'performpa', 'indeterminate', 'something-new'])('%s decides nothing; a rule of the site may', (code) => {
    expect(word(ordered(said(needed(code))))).toEqual({ kind: 'open', because: 'nobody-looked' });
    expect(word({ ...ordered(said(needed(code))), ...ruled({ payer: 'Bay Health Plan', specialty: null }) }).kind).toBe('settled');
  });
  test('what has run out, is of another coverage or disagrees decides nothing', () => {
    const other = said(needed('no-auth'));
    const parts = (other['extension'] as Part[]).map((part) =>
      part['url'] === 'coverage' ? { ...part, valueReference: { reference: 'https://ehr.example/fhir/Coverage/cov-2' } } : part,
    );
    expect(word(ordered({ ...other, extension: parts })).kind).toBe('open');
    expect(word(ordered(said(needed('no-auth'), { url: 'expiry-date', valueDate: '2026-11-28' }))).kind).toBe('open');
    expect(word(ordered(said(needed('no-auth'), { url: 'expiry-date', valueDate: TODAY }))).kind).toBe('settled');
    expect(word(ordered(said(needed('no-auth')), said(needed('auth-needed'))))).toEqual({ kind: 'open', because: 'nobody-looked' });
  });
});

test('it goes without for a reason that somebody gave, and not where it is settled', () => {
  const without = { by: 'kim', at: '2026-11-29T10:00:00.000Z' };
  expect(word({ without })).toEqual({ kind: 'goes-without', ...without });
  expect(word({ without, coverage: { payer: 'self-pay', id: null } }).kind).toBe('settled');
});
