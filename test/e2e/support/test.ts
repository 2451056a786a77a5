/**
 * `test` of all browser tests. Beside Playwright's own it watches every page: a violation of the Content-Security-Policy or
 * an error nobody caught fails the test, and the addresses the browser asked Refloop for are kept for the PHI check at the end.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { REFLOOP } from './sandbox.ts';

export { expect };

/** One address a line, of all tests. */
export const requestLog = (): string => join(process.env['REFLOOP_STATE'] ?? '', 'requested-addresses.log');

export const test = base.extend<{ watch: void }>({
  watch: [
    async ({ context }, use) => {
      const faults: string[] = [];
      context.on('console', (message) => {
        if (/Content Security Policy|Content-Security-Policy/i.test(message.text())) faults.push(message.text());
      });
      context.on('weberror', (error) => {
        faults.push(error.error().message);
      });
      context.on('request', (request) => {
        if (request.url().startsWith(REFLOOP)) appendFileSync(requestLog(), `${request.method()} ${request.url()}\n`);
      });
      await use();
      expect(faults, 'no page broke its security policy or threw').toEqual([]);
    },
    { auto: true },
  ],
});
