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
  'synthetic: false\nsource: Ours\nattribution: { low: 0.3, high: 0.6 }\ncap_per_patient: 5000\nallowed_amounts:\n  cardiology: { low: 1, high: 2 }\n';

test.each([
  ['a range upside down', GOOD.replace('low: 1, high: 2', 'low: 2, high: 1'), 'allowed_amounts.cardiology is not a range'],
  ['a share above one', GOOD.replace('high: 0.6', 'high: 60'), 'attribution is not a range within 0 and 1'],
  ['an amount in words', GOOD.replace('high: 2', 'high: much'), 'allowed_amounts.cardiology has no low and high'],
  ['no source', GOOD.replace('source: Ours', 'source: " "'), 'source is missing'],
  ['no word whether it is made up', GOOD.replace('synthetic: false', 'synthetic: perhaps'), 'synthetic is neither true nor false'],
  ['no cap', GOOD.replace('5000', '0'), 'cap_per_patient'],
  ['no specialty', GOOD.replace(/allowed_amounts[^]*$/, 'allowed_amounts: {}'), 'allowed_amounts names no specialty'],
  ['something else', 'a: [', 'cannot be read as YAML'],
])('%s is refused by its field', async (_, text, fault) => {
  await withWarehouse(async (folder) => {
    const file = join(folder, 'amounts.yml');
    await writeFile(file, text);
    expect(() => readAssumptions(file)).toThrow(fault);
    await writeFile(file, GOOD);
    expect(readAssumptions(file)).toMatchObject({ capPerPatient: 5000 });
  });
});
