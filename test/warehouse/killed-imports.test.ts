import { expect, test } from 'vitest';
import { killImports } from './killed-imports.ts';

// A sample of `npm run campaign -- warehouse`, which kills a hundred times.
test.each([
  ['histories', 3],
  ['export', 2],
] as const)(
  'an import of %s killed at a random moment leaves a whole snapshot in force, and the next one completes',
  async (from, runs) => {
    const { violations, kept, switched } = await killImports(runs, 20_261_128, from, () => undefined);
    expect(violations).toEqual([]);
    expect(kept + switched).toBe(runs);
  },
  300_000,
);
