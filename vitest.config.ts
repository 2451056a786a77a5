import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/test-order.ts';

export default defineConfig({
  test: {
    include: [
      'api/**/*.test.ts',
      'launch/**/*.test.ts',
      'analytics/**/*.test.ts',
      'smart-app/**/*.test.ts',
      'test/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['tools/test-postgres.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // A wait ends when what it waits for is there. These are for what never comes, and for machines three times slower than a good one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // A worker reads the server once and keeps it for every file it runs: a process of its own for each of 300 files is a third of
    // the run. So a test undoes what it changes in its process, as it does in the database.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
