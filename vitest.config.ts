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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A worker reads the server once and keeps it for every file it runs: a process of its own for each of 300 files is a third of
    // the run. So a test undoes what it changes in its process, as it does in the database.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
