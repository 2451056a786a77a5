import { ACTS, type Act, ActRequest } from '@refloop/server/client/acts';
import { describe, expect, test } from 'vitest';
import { chosenStill, type Filled, fieldsOf, formOf, momentText, nextAct, readAct, startForm } from './acts.ts';
import { testRow } from './test-row.ts';

const NOW = new Date('2026-11-28T15:00:30.000Z');
const filledIn: Partial<Record<Act['act'], Filled>> = {
  booked: { startsAt: '2026-12-08T09:00' },
  'cancel-requested': { reason: 'moved away' },
  ended: { how: 'expired', reason: 'moved away' },
  reconciled: { note: 'called the office' },
  'refuse-report': { reason: 'of last year’s visit' },
  'unlink-report': { reason: 'it names her sister' },
};

const report = {
  reportId: 'DocumentReference/pa',
  form: 'final',
  fromNpi: '1999999984',
  at: '2026-11-27T15:00:00.000Z',
  refused: false,
} as const;
const ana = { attempt: 1, name: 'Ana Rivera, MD' };
const ben = { attempt: 2, name: 'Ben Example, MD' };
const linked = { reportId: 'inbound/d1', form: 'final', from: 'Ana Rivera, MD', at: '2026-11-27T15:00:00.000Z', reviewed: true } as const;
const toLink = { reports: [report], attempts: [ben, ana], linked: [linked] };

describe('every form makes an act that the API takes', () => {
  test('an approval says whom it names, where another was asked before; no other answer does', () => {
    const attempts = [
      { attempt: 2, name: 'Bea' },
      { attempt: 1, name: 'Ana' },
    ];
    const form = formOf(
      'authorization',
      { toLink: { reports: [], attempts: [], linked: [] }, offices: [{ act: 'authorization', attempts }] },
      NOW,
    );
    const approved = { ...startForm('authorization', form), answer: 'approved', number: 'A-1' };
    expect(readAct('authorization', approved, NOW, form)).toMatchObject({ ok: true, what: { attempt: 2, number: 'A-1' } });
    expect(readAct('authorization', { ...approved, attempt: '1' }, NOW, form)).toMatchObject({ ok: true, what: { attempt: 1 } });
    const denied = readAct('authorization', { ...approved, answer: 'not-covered' }, NOW, form);
    expect(denied.ok && 'attempt' in denied.what).toBe(false);
  });

  test.each(ACTS)('%s', (act) => {
    const form = formOf(act, { toLink, offices: [] }, NOW);
    const read = readAct(act, { ...startForm(act, form), ...filledIn[act] }, NOW, form);
    const what = read.ok ? read.what : read.text;
    expect(ActRequest.shape.what.safeParse(what)).toMatchObject({ success: true, data: { act } });
    if (form.at !== undefined) expect(what).toMatchObject({ at: NOW.toISOString() });
  });
});

test('a note is linked to whom was asked last, unless another is chosen of several', () => {
  const form = formOf('link-report', { toLink, offices: [] }, NOW);
  const choices = form.fields.map((field) => (field.kind === 'choice' ? field.choices.map(({ label }) => label) : []));
  expect(choices).toEqual([[expect.stringMatching(/^Final note, .*, NPI 1999999984$/)], ['Ben Example, MD', 'Ana Rivera, MD']]);
  const started = startForm('link-report', form);
  const asked = { act: 'link-report', reportId: report.reportId };
  expect(readAct('link-report', started, NOW, form)).toEqual({ ok: true, what: { ...asked, attempt: 2 } });
  expect(chosenStill({ ...form, fields: form.fields.slice(1) }, { ...started, attempt: '3' }), 'one who is gone is chosen anew').toEqual({
    reportId: report.reportId,
  });
  expect(readAct('link-report', { ...started, attempt: '1' }, NOW, form)).toEqual({ ok: true, what: { ...asked, attempt: 1 } });
});

test('one that was said to be of something else can be linked after all, and is not refused again', () => {
  const refused = { ...report, reportId: 'DocumentReference/pb', refused: true };
  const offered = (act: Act['act']) => {
    const [field] = formOf(act, { toLink: { ...toLink, reports: [report, refused] }, offices: [] }, NOW).fields;
    return field?.kind === 'choice' ? field.choices.map(({ label }) => label) : [];
  };
  expect(offered('link-report')).toEqual([expect.not.stringMatching(/Refused/), expect.stringMatching(/^Refused: final note, /)]);
  expect(offered('refuse-report')).toEqual([expect.not.stringMatching(/Refused/)]);
});

test('a note that was linked by mistake is taken off: which, whose it is, and how one knows', () => {
  const form = formOf('unlink-report', { toLink, offices: [] }, NOW);
  const [which, whose] = form.fields.map((field) => (field.kind === 'choice' ? field.choices.map(({ label }) => label) : []));
  expect(which).toEqual([expect.stringMatching(/^Final note, .*, Ana Rivera, MD, reviewed$/)]);
  expect(whose).toEqual(['Another patient’s', 'This patient’s, of another referral']);
  expect(form.warning).toMatch(/entered in error/);
  expect(form.fields.at(-1)).toMatchObject({ name: 'reason', hint: 'Do not name the other patient.' });
  const started = startForm('unlink-report', form);
  expect(readAct('unlink-report', started, NOW, form)).toEqual({ ok: false, field: 'reason', text: 'How you know, in a few words.' });
});

describe('what the payer said', () => {
  const read = (filled: Filled) => readAct('authorization', { ...startForm('authorization'), ...filled }, NOW);
  test('an approval bears its number, no other answer any', () => {
    const approved = { act: 'authorization', answer: 'approved', number: 'A-7', at: NOW.toISOString() };
    expect(read({ answer: 'approved', number: ' A-7 ' })).toEqual({ ok: true, what: approved });
    expect(ActRequest.shape.what.safeParse(approved)).toMatchObject({ success: true, data: approved });
    expect(read({ answer: 'asked', number: 'A-7' })).toEqual({
      ok: true,
      what: { act: 'authorization', answer: 'asked', at: NOW.toISOString() },
    });
    expect(['approved', 'asked'].map((answer) => fieldsOf('authorization', { answer }).length)).toEqual([2, 1]);
  });
  test('an approval without one is not taken', () =>
    expect(ActRequest.shape.what.safeParse({ act: 'authorization', answer: 'approved', at: NOW.toISOString() }).success).toBe(false));
});

test.each<[string, Act['act'], Filled, string, RegExp]>([
  ['no number of an approval', 'authorization', { answer: 'approved', number: ' ' }, 'number', /number that the payer gave/],
  ['no visit', 'booked', {}, 'startsAt', /day and the time/],
  ['no reason', 'ended', { reason: ' x' }, 'reason', /few words/],
  ['a moment ahead', 'seen', { at: '2027-01-01T09:00' }, 'at', /lies ahead/],
  ['half a moment', 'seen', { at: 'soon' }, 'at', /day and the time/],
])('what is missing is said at its field: %s', (_what, act, filled, field, words) => {
  expect(readAct(act, { ...startForm(act), ...filled }, NOW)).toEqual({ ok: false, field, text: expect.stringMatching(words) });
});

test('a moment is filled in and read by the clock of this browser', () => {
  const at = new Date(2026, 10, 3, 9, 5);
  expect(momentText(at)).toBe('2026-11-03T09:05');
  expect(readAct('seen', { at: momentText(at) }, NOW)).toEqual({ ok: true, what: { act: 'seen', at: at.toISOString() } });
});

test.each<[string, string[], Act['act'][], Act['act'] | undefined]>([
  ['to be sent', ['send'], ['sent', 'contacted', 'ended'], 'sent'],
  ['waiting for an answer', ['answer'], ['received', 'accepted', 'declined'], 'accepted'],
  ['a visit is ahead: nothing became of it yet', ['visit'], ['booked', 'missed', 'seen', 'note'], undefined],
  ['its time has come', ['confirm-visit'], ['booked', 'missed', 'seen', 'note'], 'seen'],
  ['the payer was asked', ['payer-decision'], ['authorization', 'contacted'], 'authorization'],
  ['only the clinician’s review is left', ['review'], ['note', 'contacted', 'ended'], undefined],
  ['a review, and a note is still owed', ['review', 'note'], ['note'], 'note'],
  ['a note that nobody has linked', ['match-report', 'note'], ['note', 'link-report'], 'link-report'],
  ['what is next is not offered', ['send'], ['contacted'], undefined],
])('the next act: %s', (_what, kinds, acts, next) => {
  expect(
    nextAct({
      obligations: kinds.map((kind) => ({ ...testRow({ id: kind, kind }), ageBusinessHours: 4, leftBusinessHours: 6, steps: [] })),
      acts,
    }),
  ).toBe(next);
});

test.each(['seen', 'missed', 'note', 'cancel-confirmed'] as const)('%s always names the office where several may have told it', (act) => {
  const ben = { attempt: 2, name: 'Ben Okafor, MD' };
  const form = formOf(act, { toLink, offices: [{ act, attempts: [ana, ben] }] }, NOW);
  expect(readAct(act, startForm(act, form), NOW, form)).toMatchObject({ ok: true, what: { attempt: ana.attempt } });
  expect(readAct(act, { ...startForm(act, form), attempt: '2' }, NOW, form)).toMatchObject({ ok: true, what: { attempt: 2 } });
});

test('where an office that was asked before may be meant, it is chosen', () => {
  const form = formOf('cancel-confirmed', { toLink, offices: [{ act: 'cancel-confirmed', attempts: [ana] }] }, NOW);
  const filled = startForm('cancel-confirmed', form);
  expect(readAct('cancel-confirmed', filled, NOW, form)).toEqual({
    ok: true,
    what: { act: 'cancel-confirmed', attempt: ana.attempt, at: NOW.toISOString() },
  });
});
