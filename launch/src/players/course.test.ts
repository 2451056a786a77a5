import { DECLINED_SHARE, NOTE_SHARE, SILENT_SHARE } from '@refloop/domain/practice/rates';
import { expect, test } from 'vitest';
import { nextAct, type Request, type Standing } from './course.ts';
import { notePdf } from './note-pdf.ts';

const SINCE = new Date('2026-11-30T16:00:00.000Z');
const REQUEST: Request = { key: 'ServiceRequest/o/1999999984', specialty: 'cardiology', urgency: 'routine', patient: 'Jo Doe' };
const asked: Standing = { stage: 'asked', since: SINCE };
const MANY = 600;
const inChicago = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Chicago', hour: '2-digit', hourCycle: 'h23' });

const draw = (standing: Standing, request = REQUEST) =>
  Array.from({ length: MANY }, (_, number) => nextAct(`seed-${number}`, request, standing));
/** Four standard errors of a share among so many. */
const near = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / MANY);

test('the same seed, request and standing give the same act; another seed, or another office, draws anew', () => {
  expect(nextAct('a', REQUEST, asked)).toEqual(nextAct('a', REQUEST, asked));
  const others = draw(asked).map((act) => act?.at.getTime());
  expect(new Set(others).size).toBeGreaterThan(50);
  const elsewhere = draw(asked, { ...REQUEST, key: 'ServiceRequest/o/1538271645' }).map((act) => act?.at.getTime());
  expect(elsewhere).not.toEqual(others);
});

test('as often as the rates say: silent, declined, a note', () => {
  const answers = draw(asked);
  const silent = answers.filter((act) => act === undefined).length / MANY;
  const declined = answers.filter((act) => act?.act === 'decline').length / MANY;
  expect(Math.abs(silent - SILENT_SHARE)).toBeLessThan(near(SILENT_SHARE));
  const share = (1 - SILENT_SHARE) * DECLINED_SHARE;
  expect(Math.abs(declined - share)).toBeLessThan(near(share));
  const noted = draw({ stage: 'seen', since: SINCE }).filter((act) => act !== undefined).length / MANY;
  expect(Math.abs(noted - NOTE_SHARE)).toBeLessThan(near(NOTE_SHARE));
});

test('an office answers in its hours, and never before it was asked', () => {
  for (const act of draw(asked)) {
    if (!act) continue;
    expect(act.at > SINCE).toBe(true);
    const hour = Number(inChicago.format(act.at));
    expect(hour >= 8 && hour <= 17).toBe(true);
  }
});

test('what is urgent is seen sooner, and a visit is told of once it is over', () => {
  const accepted: Standing = { stage: 'accepted', since: SINCE };
  const wait = (urgency: Request['urgency']): number => {
    const days = draw(accepted, { ...REQUEST, urgency }).flatMap((act) =>
      act?.act === 'book' ? [act.startsAt.getTime() - act.at.getTime()] : [],
    );
    return days.toSorted((left, right) => left - right)[Math.floor(days.length / 2)] ?? 0;
  };
  expect(wait('urgent')).toBeLessThan(wait('routine') / 2);
  const startsAt = new Date('2026-12-10T15:00:00.000Z');
  for (const act of draw({ stage: 'booked', since: SINCE, startsAt })) {
    if (act?.act === 'book') expect(act.startsAt > startsAt && act.at < startsAt).toBe(true);
    else expect(act && act.at > startsAt).toBe(true);
  }
});

test('a note is a PDF whose table leads to each of its objects, whatever its words are', () => {
  const text = Buffer.from(notePdf(['A (line)', 'with \\ and “quotes”'])).toString('latin1');
  expect(text).toContain('(A \\(line\\)) Tj');
  const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  const places = [...text.slice(table).matchAll(/^(\d{10}) 00000 n/gm)].map(([, place]) => Number(place));
  expect(places.map((place) => text.slice(place, place + 7))).toEqual(['1 0 obj', '2 0 obj', '3 0 obj', '4 0 obj', '5 0 obj']);
});
