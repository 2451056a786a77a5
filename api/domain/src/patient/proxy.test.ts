/** Who acts for a patient, whom messages go to because of it, and what may be put on record. */
import { describe, expect, test } from 'vitest';
import type { Consent, Reachable } from './outreach.ts';
import {
  type AskedProxy,
  addresseeOf,
  decideProxy,
  isActing,
  isAddressee,
  MOST_PROXIES,
  mayActAs,
  type Proxy,
  type ProxyRecord,
  shownAs,
  withOwnWord,
} from './proxy.ts';

const AT = '2026-11-20T15:00:00.000Z';
const UNKNOWN: Consent = { status: 'unknown' };
const GIVEN: Consent = { status: 'given', at: AT, by: 'patient' };
const ENDED: Consent = { status: 'withdrawn', at: AT, by: 'patient' };
const [OWN, PARENTS, OTHERS] = ['+15552100100', '+15552100177', '+15552100188'] as const;
const reach = (to: string | null, consent: Consent = GIVEN, language: Reachable['language'] = 'en'): Reachable => ({
  language,
  preferred: 'text',
  text: { to, consent },
  email: { to: null, consent: UNKNOWN },
});
const proxy = (side: Proxy['side'], more: Partial<Proxy> = {}): Proxy => ({ id: side, side, name: 'Ana', reach: reach(PARENTS), ...more });
const contact = (...proxies: Proxy[]) => ({ ...reach(OWN), proxies });

test.each<[Proxy, boolean, boolean]>([
  [proxy('parent'), true, false],
  [proxy('guardian', { ofAdult: false }), true, false],
  // On record before it was kept when they were put there.
  [{ side: 'guardian', name: 'Sam' }, true, false],
  [proxy('guardian', { ofAdult: true }), true, true],
  [proxy('proxy', { ofAdult: false }), true, true],
])('%j acts for a child: %s, for a grown patient: %s', (who, ofChild, ofAdult) => {
  expect([isActing(who, true), isActing(who, false)]).toEqual([ofChild, ofAdult]);
});

test.each<[string, Partial<ProxyRecord>, Proxy['side'], boolean, boolean]>([
  ['nobody ever on record', {}, 'parent', true, false],
  ['nobody ever on record', {}, 'guardian', true, false],
  ['nobody ever on record', {}, 'proxy', false, false],
  ['the only one was taken off it', { takenOffAt: AT }, 'parent', false, false],
  ['the only one was taken off it', { takenOffAt: AT }, 'guardian', false, false],
  ['another is on it', { takenOffAt: AT, proxies: [proxy('guardian')] }, 'guardian', true, false],
  ['another is on it', { takenOffAt: AT, proxies: [proxy('guardian')] }, 'parent', false, false],
])('%s: %j: a %s may act for a child: %s, for a grown patient: %s', (_, record, side, ofChild, ofAdult) => {
  expect([true, false].map((isUnderAge) => mayActAs({ proxies: [], ...record }, side, isUnderAge))).toEqual([ofChild, ofAdult]);
});

test.each<[string, Partial<ProxyRecord>, { sentTo?: string; number?: string }, string]>([
  ['nobody was ever taken off', { proxies: [proxy('parent')] }, {}, 'theirs'],
  ['one was, nothing shows who it is', { takenOffAt: AT, proxies: [proxy('parent')] }, {}, 'number-asked'],
  ['one was, the link went to who is on record', { takenOffAt: AT, proxies: [proxy('parent')] }, { sentTo: PARENTS }, 'theirs'],
  ['one was, the link went to the patient', { takenOffAt: AT, proxies: [proxy('parent')] }, { sentTo: OWN }, 'number-asked'],
  ['one was, their own number', { takenOffAt: AT, proxies: [proxy('parent')] }, { number: PARENTS }, 'theirs'],
  ['one was, another number', { takenOffAt: AT, proxies: [proxy('parent')] }, { number: OWN }, 'wrong-number'],
  [
    'one was, the number of another side',
    { takenOffAt: AT, proxies: [proxy('parent', { reach: reach(OTHERS) }), proxy('guardian')] },
    { number: PARENTS },
    'wrong-number',
  ],
  ['one was, no number is known', { takenOffAt: AT, proxies: [{ side: 'parent', name: 'Ana' }] }, { number: PARENTS }, 'no-number'],
])('%s: %j, %j: a parent is %s', (_, record, shown, expected) => {
  expect(shownAs({ proxies: [], ...record }, 'parent', true, { sentTo: shown.sentTo, number: shown.number })).toBe(expected);
});

test.each<[string, { isUnderAge: boolean; isAdolescent: boolean }, string[]]>([
  ['a child', { isUnderAge: true, isAdolescent: false }, [PARENTS]],
  ['an adolescent', { isUnderAge: true, isAdolescent: true }, [OWN]],
  ['a grown patient', { isUnderAge: false, isAdolescent: false }, [OWN]],
])('of %s with a parent on record messages are theirs at %j alone: %j', (_, ages, expected) => {
  expect([OWN, PARENTS].filter((to) => isAddressee(contact(proxy('parent')), ages, 'text', to))).toEqual(expected);
});

describe('messages go', () => {
  const to = (isUnderAge: boolean, ...proxies: Proxy[]) => addresseeOf(contact(...proxies), isUnderAge, ['text'])?.to;

  test('to the patient where nobody acts in their place, and of a child where nobody is on record', () => {
    expect([to(false), to(true), to(false, proxy('proxy'))]).toEqual([OWN, OWN, OWN]);
  });

  test('of a child to who is on record, by their own yes and in their language; without one a person tells them', () => {
    const spoken = addresseeOf(contact(proxy('parent', { reach: reach(PARENTS, GIVEN, 'es') })), true, ['text']);
    expect(spoken).toEqual({ channel: 'text', to: PARENTS, language: 'es' });
    expect(to(true, proxy('parent', { reach: reach(PARENTS, UNKNOWN) }))).toBeUndefined();
    expect(to(true, { side: 'parent', name: 'Ana' })).toBeUndefined();
    expect(to(true, proxy('parent', { reach: reach(PARENTS, ENDED) }), proxy('guardian', { reach: reach(OTHERS) }))).toBe(OTHERS);
  });

  test('of a grown patient to who acts instead of them, and not to a parent whose child has grown', () => {
    expect(to(false, proxy('proxy', { instead: true }))).toBe(PARENTS);
    expect(to(false, proxy('parent', { instead: true }), proxy('guardian', { instead: true }))).toBe(OWN);
  });
});

describe('put on record', () => {
  const asked = (more: Partial<AskedProxy> = {}): AskedProxy => ({
    side: 'proxy',
    name: 'Ana Example',
    instead: true,
    language: 'es',
    preferred: 'text',
    text: { to: '(555) 210-0177', wanted: true },
    email: { to: '', wanted: null },
    ...more,
  });
  const decide = (what: AskedProxy, { isUnderAge = false, known = contact() } = {}) => {
    const decided = decideProxy(known, what, { id: 'new', at: AT, by: 'teo', isUnderAge });
    return decided.ok ? decided.value : decided.refusal;
  };

  test('with who and when, and a yes told to staff', () => {
    expect(decide(asked())).toEqual({
      id: 'new',
      side: 'proxy',
      name: 'Ana Example',
      instead: true,
      ofAdult: true,
      at: AT,
      by: 'teo',
      reach: {
        language: 'es',
        preferred: 'text',
        text: { to: PARENTS, consent: { status: 'given', at: AT, by: 'staff' } },
        email: { to: null, consent: UNKNOWN },
      },
    });
    expect(decide(asked({ side: 'parent' }), { isUnderAge: true })).toMatchObject({ side: 'parent', ofAdult: false });
  });

  test('not a parent of a grown patient, nor a yes over a no from that number, nor a number that is none', () => {
    expect(decide(asked({ side: 'parent' }))).toEqual({ kind: 'parent-of-adult' });
    for (const side of ['parent', 'guardian'] as const)
      expect(decideProxy(contact(), asked({ side }), { id: 'new', at: AT, by: 'teo', isUnderAge: undefined }), side).toMatchObject({
        refusal: { kind: 'age-unknown' },
      });
    const unknown = decideProxy(contact(), asked(), { id: 'new', at: AT, by: 'teo', isUnderAge: undefined });
    expect(unknown).toMatchObject({ ok: true, value: { side: 'proxy' } });
    expect(unknown.ok && 'ofAdult' in unknown.value).toBe(false);
    const stopped = contact(proxy('guardian', { reach: reach(PARENTS, ENDED) }));
    expect(decide(asked(), { known: stopped })).toEqual({ kind: 'ended-by-patient', channel: 'text' });
    expect(decide(asked({ text: { to: PARENTS, wanted: null } }), { known: stopped })).toMatchObject({
      reach: { text: { consent: UNKNOWN } },
    });
    expect(decide(asked({ text: { to: '12', wanted: null } }))).toEqual({ kind: 'not-readable', channel: 'text' });
    expect(decide(asked({ text: { to: '', wanted: true } }))).toEqual({ kind: 'nowhere', channel: 'text' });
    const many = contact(...Array.from({ length: MOST_PROXIES }, () => proxy('proxy')));
    expect(decide(asked(), { known: many })).toEqual({ kind: 'too-many' });
  });
});

test('a word from a number is of everybody whose it is, and of nobody else', () => {
  const [theirs, others] = withOwnWord([proxy('parent'), proxy('guardian', { reach: reach(OTHERS) })], {
    channel: 'text',
    to: PARENTS,
    given: false,
    at: AT,
  });
  expect([theirs?.reach?.text.consent, others?.reach?.text.consent]).toEqual([ENDED, GIVEN]);
});
