import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { expect, test } from 'vitest';
import { readAssumptions } from './assumptions.ts';
import { HOME } from './models.ts';
import { withWarehouse } from './test-histories.ts';

test('the file of the sandbox says that it is made up, and names specialties that there are', () => {
  const { synthetic, source, allowedAmounts } = readAssumptions(fileURLToPath(new URL('assumptions/synthetic.yml', HOME)));
  expect([synthetic, source]).toEqual([true, expect.stringContaining('Made up')]);
  const known: readonly string[] = SPECIALTIES.map(({ id }) => id);
  for (const specialty of Object.keys(allowedAmounts)) expect(known).toContain(specialty);
});

const GOOD =
  'synthetic: false\nsource: Ours\nattribution: { low: 0.3, high: 0.6 }\ncap_per_patient: 5000\nallowed_amounts:\n  cardiology: { low: 1, high: 2 }\n' +
  'return_on_investment:\n  recaptured_share: { low: 0, high: 0.1 }\n  minutes_saved: { low: 0, high: 9 }\n  wage_per_hour: { low: 20, high: 30 }\n  cost_per_referral: { low: 1, high: 2 }\n';

test.each([
  ['a range upside down', GOOD.replace('low: 1, high: 2', 'low: 2, high: 1'), 'allowed_amounts.cardiology is not a range'],
  ['a share above one', GOOD.replace('high: 0.6', 'high: 60'), 'attribution is not a range within 0 and 1'],
  ['an amount in words', GOOD.replace('high: 2', 'high: much'), 'allowed_amounts.cardiology has no low and high'],
  ['no source', GOOD.replace('source: Ours', 'source: " "'), 'source is missing'],
  ['no word whether it is made up', GOOD.replace('synthetic: false', 'synthetic: perhaps'), 'synthetic is neither true nor false'],
  ['no cap', GOOD.replace('5000', '0'), 'cap_per_patient'],
  ['no specialty', GOOD.replace(/allowed_amounts[^]*$/, 'allowed_amounts: {}'), 'allowed_amounts names no specialty'],
  [
    'a return in words',
    GOOD.replace(/return_on_investment[^]*$/, 'return_on_investment: large'),
    'return_on_investment is no list of ranges',
  ],
  ['a return without its cost', GOOD.replace(/ {2}cost_per_referral.*/, ''), 'return_on_investment.cost_per_referral has no low and high'],
  [
    'minutes of more than a day',
    GOOD.replace('high: 9', 'high: 481'),
    'return_on_investment.minutes_saved is not a range within 0 and 480',
  ],
  ['something else', 'a: [', 'cannot be read as YAML'],
])('%s is refused by its field', async (_, text, fault) => {
  await withWarehouse(async (folder) => {
    const file = join(folder, 'amounts.yml');
    await writeFile(file, text);
    expect(() => readAssumptions(file)).toThrow(fault);
    await writeFile(file, GOOD);
    expect(readAssumptions(file)).toMatchObject({ capPerPatient: 5000, returnOnInvestment: { minutesSaved: { low: 0, high: 9 } } });
    await writeFile(file, GOOD.replace(/return_on_investment[^]*$/, ''));
    expect(readAssumptions(file).returnOnInvestment, 'it may say nothing of the return').toBeNull();
  });
});
