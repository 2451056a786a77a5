import { act, inChart, minute } from '@refloop/domain/referral/test-care';
import { expect, test } from 'vitest';
import { dayIn } from './calendar-day.ts';
import { flatten, type History } from './input-event.ts';
import { MODELS, runChecks } from './models.ts';
import { createPseudonyms } from './pseudonym.ts';
import { type Core, openCore } from './test-core.ts';
import { historyOf, openHistory, seenHistory, TEST_KEY } from './test-histories.ts';

/** Declined, asked of another, booked twice. */
function movedHistory(referralId: string): History {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  act(history, { type: 'accept' }, 2);
  act(history, { type: 'schedule', appointmentId: 'a', startsAt: minute(1440) }, 3);
  act(history, { type: 'no-show', appointmentId: 'a' }, 1500);
  act(history, { type: 'schedule', appointmentId: 'b', startsAt: minute(2880) }, 1600);
  return historyOf(referralId, history.events);
}

const rowsOf = ({ query }: Core): Promise<unknown[]> => Promise.all(MODELS.map((model) => query.run(`select * from ${model}`)));

test('models and checks in parts have the rows, and the order, of those at once', async () => {
  const pseudonyms = createPseudonyms(TEST_KEY);
  const makers = [openHistory, seenHistory, movedHistory];
  const events = Array.from({ length: 30 }, (_, at) => (makers[at % makers.length] ?? openHistory)(`r${at}`)).flatMap((history) =>
    flatten(history, pseudonyms, dayIn('UTC')),
  );
  // A name that is no pseudonym of ours belongs to a part as well.
  const strange = events.filter(({ referral }) => referral === events[0]?.referral).map((event) => ({ ...event, referral: 'zz' }));
  const cores = await Promise.all([openCore([...events, ...strange]), openCore([...events, ...strange], 120)]);
  try {
    const [whole, parts] = await Promise.all(cores.map(rowsOf));
    expect(parts).toEqual(whole);
    const [counted] = await cores[1].query.run('select count(*) as referrals, count(ordered_on) as ordered from core__referral');
    expect(counted).toEqual({ referrals: 31, ordered: 31 });

    for (const { query } of cores) await query.run("delete from input__event where sequence = 2 and referral > 'r-4'");
    const [checked, checkedInParts] = [await runChecks(cores[0].query), await runChecks(cores[1].query, 120)];
    expect(checkedInParts).toEqual(checked);
    expect(checked.find(({ check }) => check === 'input__event_missing')?.rows, 'more than are shown').toBeGreaterThan(10);
  } finally {
    for (const core of cores) core.close();
  }
});
