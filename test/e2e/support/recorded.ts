/** What pages asked, were answered and left behind in all browser tests, one line each, for the check of `../../phi` at the end. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Frame, Request, Response } from '@playwright/test';
import { EHR, REFLOOP } from './sandbox.ts';

export type Recorded = 'addresses' | 'ehr-addresses' | 'referrers' | 'console' | 'problems' | 'storage';

const fileOf = (what: Recorded): string => join(process.env['REFLOOP_STATE'] ?? '', `recorded-${what}.log`);

export const recorded = (what: Recorded): string => (existsSync(fileOf(what)) ? readFileSync(fileOf(what), 'utf8') : '');

const record = (what: Recorded, line: string): void => appendFileSync(fileOf(what), `${line.replaceAll('\n', ' ')}\n`);

/** Of Refloop, asked from wherever it is framed; a frame that is gone has no address. */
function isFromApp(request: Request): boolean {
  try {
    return request.frame().url().startsWith(`${REFLOOP}/`);
  } catch {
    return false;
  }
}

function onRequest(request: Request): void {
  const [url, fromApp] = [request.url(), isFromApp(request)];
  const toRefloop = url.startsWith(`${REFLOOP}/`);
  if (toRefloop) record('addresses', `${request.method()} ${url}`);
  if (fromApp && url.startsWith(`${EHR}/`)) record('ehr-addresses', `${request.method()} ${url}`);
  if (toRefloop || fromApp) record('referrers', `${toRefloop ? 'to' : 'by'} Refloop: ${request.headers()['referer'] ?? '(none)'}`);
}

/** Undefined where a page that is closing or busy does not tell within two seconds: a test is not held up by what is said about it. */
const soon = (text: Promise<string>): Promise<string | undefined> =>
  Promise.race([text.catch(() => undefined), new Promise<undefined>((late) => setTimeout(late, 2_000))]);

async function onResponse(response: Response): Promise<void> {
  if (!response.url().startsWith(`${REFLOOP}/`) || !response.headers()['content-type']?.includes('problem+json')) return;
  // A page that has been closed takes the bodies of its answers with it.
  const text = await soon(response.text());
  if (text !== undefined) record('problems', text);
}

/** A page that is closing, or blocks its storage, holds nothing to look at. */
const leftIn = (frame: Frame): Promise<string | undefined> =>
  soon(frame.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), window.name])));

/** Records all that happens in a browser; to be told when a test ends. */
export function recordAll(context: BrowserContext): { end: () => Promise<void> } {
  const answers: Promise<void>[] = [];
  context.on('request', onRequest);
  context.on('response', (response) => void answers.push(onResponse(response)));
  context.on('console', (message) => record('console', `${message.type()} ${message.text()}`));
  return {
    end: async () => {
      const frames = context.pages().flatMap((page) => page.frames().filter((frame) => frame.url().startsWith(`${REFLOOP}/`)));
      for (const left of await Promise.all(frames.map(leftIn))) if (left !== undefined) record('storage', left);
      await Promise.all(answers);
    },
  };
}
