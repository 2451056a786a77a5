import { expect, test } from 'vitest';
import { killImports } from './killed-imports.ts';

// A sample of `npm run campaign -- warehouse`, which kills a hundred times.
test('an import killed at a random moment leaves a whole snapshot in force, and the next one completes', async () => {
  const { violations, kept, switched } = await killImports(4, 20_261_128, () => undefined);
  expect(violations).toEqual([]);
  expect(kept + switched).toBe(4);
}, 300_000);
