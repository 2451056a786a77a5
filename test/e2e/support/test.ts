/**
 * `test` of all browser tests. Beside Playwright's own it watches every page: a violation of the Content-Security-Policy or
 * an error nobody caught fails the test, and what pages ask, are answered and leave behind is kept for the PHI check at the end.
 */
import { test as base, expect } from '@playwright/test';
import { recordAll } from './recorded.ts';

export { expect };

export const test = base.extend<{ watch: void }>({
  watch: [
    async ({ context }, use) => {
      const faults: string[] = [];
      const recording = recordAll(context);
      context.on('console', (message) => {
        if (/Content Security Policy|Content-Security-Policy/i.test(message.text())) faults.push(message.text());
      });
      context.on('weberror', (error) => {
        faults.push(error.error().message);
      });
      await use();
      await recording.end();
      expect(faults, 'no page broke its security policy or threw').toEqual([]);
    },
    { auto: true },
  ],
});
