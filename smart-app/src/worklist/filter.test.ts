import { describe, expect, test } from 'vitest';
import { chipsOf, choicesOf, filterOf, hashOf, referralOf, rowsOf, type WorklistFilter } from './filter.ts';
import { testRow } from './test-row.ts';

const AT = new Date('2026-11-28T15:00:00.000Z');
const ALL: WorklistFilter = { view: 'all', specialty: undefined, urgency: undefined, owner: undefined, order: 'deadline' };

describe('the address', () => {
  test.each<[string, Partial<WorklistFilter>, string]>([
    ['', { view: 'mine' }, '#worklist'],
    ['view=overdue', { view: 'overdue' }, '#worklist?view=overdue'],
    ['view=no-such&urgency=soon', { view: 'mine' }, '#worklist'],
    [
      'view=all&specialty=Ear%2C+nose&urgency=urgent&owner=kim',
      { view: 'all', specialty: 'Ear, nose', urgency: 'urgent', owner: 'kim' },
      '#worklist?view=all&specialty=Ear%2C+nose&urgency=urgent&owner=kim',
    ],
    ['patient=Rosa', { view: 'mine' }, '#worklist'],
    ['view=all&order=urgency', { view: 'all', order: 'urgency' }, '#worklist?view=all&order=urgency'],
    ['order=risk', { view: 'mine' }, '#worklist'],
  ])('%s', (search, filter, hash) => {
    expect(filterOf(search)).toEqual({ ...ALL, ...filter });
    expect(hashOf(filterOf(search))).toBe(hash);
  });

  test('the thread that is open stands before the filter, whatever its number is', () => {
    expect(hashOf({ ...ALL, view: 'today' }, 'r/1?x')).toBe('#worklist/r%2F1%3Fx?view=today');
    expect([referralOf('r%2F1%3Fx'), referralOf(undefined), referralOf('%E0%A4%A')]).toEqual(['r/1?x', undefined, undefined]);
  });
});

describe('what narrows the list', () => {
  const rows = [
    testRow({ id: 'a', urgency: 'urgent' }),
    testRow({ id: 'b', specialtyName: 'Dermatology', patientName: 'Ito Example' }),
    testRow({ id: 'c', owner: { subject: 'lena', name: 'Lena Example' }, performerName: null, next: 'Send to the specialist' }),
  ];
  test.each<[string, Partial<WorklistFilter>, string, string[]]>([
    ['nothing', {}, '', ['a', 'b', 'c']],
    ['specialty', { specialty: 'Dermatology' }, '', ['b']],
    ['urgency', { urgency: 'urgent' }, '', ['a']],
    ['owner', { owner: 'lena' }, '', ['c']],
    ['a name, whatever its letters', {}, ' ITO ', ['b']],
    ['an office', {}, 'rivera', ['a', 'b']],
    ['a step', {}, 'send to', ['c']],
    ['two at once', { urgency: 'urgent', owner: 'lena' }, '', []],
  ])('%s', (_what, filter, found, ids) => {
    expect(rowsOf(rows, { ...ALL, ...filter }, found, AT).map(({ id }) => id)).toEqual(ids);
  });

  test('those most at risk come first where that is asked, of the same risk whoever has waited longest (R133)', () => {
    const since = (hour: number): string => `2026-11-20T0${hour}:00:00.000Z`;
    const mixed = [
      testRow({ id: 'routine-old', urgency: 'routine', since: since(1) }),
      testRow({ id: 'not-told', urgency: null, since: since(0) }),
      testRow({ id: 'urgent-new', urgency: 'urgent', since: since(3) }),
      testRow({ id: 'emergency', urgency: 'emergency', since: since(4) }),
      testRow({ id: 'urgent-old', urgency: 'urgent', since: since(2) }),
      testRow({ id: 'urgent-risks', urgency: 'urgent', since: since(5), risks: ['missed-visit', 'unreachable'] }),
      testRow({ id: 'urgent-risk', urgency: 'urgent', since: since(6), risks: ['red-flag'] }),
      testRow({ id: 'routine-wrote', urgency: 'routine', since: since(7), risks: ['emergency-written'] }),
    ];
    const ids = (order: WorklistFilter['order']) => rowsOf(mixed, { ...ALL, order }, '', AT).map(({ id }) => id);
    expect(ids('urgency')).toEqual([
      'routine-wrote',
      'emergency',
      'urgent-risks',
      'urgent-risk',
      'urgent-old',
      'urgent-new',
      'routine-old',
      'not-told',
    ]);
    expect(ids('deadline')).toEqual(mixed.map(({ id }) => id));
  });

  test('each has a chip that takes it away and leaves the others', () => {
    const filter: WorklistFilter = { view: 'us', specialty: 'Dermatology', urgency: 'urgent', owner: 'lena', order: 'deadline' };
    const chips = chipsOf(filter, (subject) => `name of ${subject}`);
    expect(chips.map(({ words }) => words)).toEqual(['Waits for us', 'Dermatology', 'urgent', 'Owner: name of lena']);
    expect(chips.map(({ without }) => hashOf(without))).toEqual([
      '#worklist?view=all&specialty=Dermatology&urgency=urgent&owner=lena',
      '#worklist?view=us&urgency=urgent&owner=lena',
      '#worklist?view=us&specialty=Dermatology&owner=lena',
      '#worklist?view=us&specialty=Dermatology&urgency=urgent',
    ]);
    expect(chipsOf(ALL, String)).toEqual([]);
  });

  test('there is a choice of what is there', () => {
    expect(choicesOf(rows)).toEqual({
      specialties: ['Cardiology', 'Dermatology'],
      owners: [
        { subject: 'kim', name: 'Kim Example, RN' },
        { subject: 'lena', name: 'Lena Example' },
      ],
    });
  });
});
