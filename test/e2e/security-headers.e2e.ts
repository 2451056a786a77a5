/** What every page of Refloop tells the browser: who may frame it, whom it may talk to, and that nothing inline runs. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openApp, specialists } from './support/refer-page.ts';
import { EHR, ofOrder, REFLOOP } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

const directives = (policy: string): Map<string, string> =>
  new Map(policy.split(';').map((each) => [each.trim().split(' ')[0] ?? '', each.trim().split(' ').slice(1).join(' ')]));

for (const path of ['/launch', '/app']) {
  test(`${path} may be framed by the EHR alone, and runs nothing inline`, async ({ request }) => {
    const answer = await request.get(`${REFLOOP}${path}`);
    expect(answer.status()).toBe(200);
    const headers = answer.headers();
    const policy = directives(headers['content-security-policy'] ?? '');
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self'");
    expect(policy.get('frame-ancestors'), 'the two names of the sandbox’s host').toBe(`${EHR} ${EHR.replace('localhost', '127.0.0.1')}`);
    expect(policy.get('connect-src')).toBe(`'self' ${EHR}`);
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.get('style-src')).toMatch(/^'self' 'nonce-[\w+/=-]{16,}'$/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-frame-options'], 'cannot name an EHR, so it is left out').toBeUndefined();
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    const again = await request.get(`${REFLOOP}${path}`);
    expect(again.headers()['content-security-policy'], 'a nonce serves one answer').not.toBe(headers['content-security-policy']);
  });
}

test('a page of another origin cannot frame the app', async ({ browser }) => {
  const stranger = createServer((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe title="framed" src="${REFLOOP}/app"></iframe>`);
  });
  await new Promise<void>((listening) => stranger.listen(0, '127.0.0.1', listening));
  // A context of its own: the refusal that is wanted here would fail any other test.
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
  await expect.poll(() => said.join('\n')).toContain('frame-ancestors');
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'There is no open launch in this window' })).toHaveCount(0);
  await context.close();
  stranger.close();
});

test('the app talks to the EHR and to itself, and keeps no token outside the launch', async ({ page, context }) => {
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await openApp(page, ofOrder('allergy-1'));
  await expect(specialists(page).first()).toBeVisible();
  expect([...origins].sort()).toEqual([REFLOOP, EHR].sort());
  expect(new URL(page.url()).search, 'code and state are gone from the address').toBe('');
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect((await context.cookies()).filter(({ domain }) => domain === '127.0.0.1')).toEqual([]);
});

test('no token and no code is in an address that is asked for, but the code once, and no address is told on', async ({ page }) => {
  const asked: Promise<{ url: string; referrer: string }>[] = [];
  const secrets: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    asked.push(
      request.allHeaders().then(
        ({ referer = '' }) => ({ url, referrer: referer }),
        () => ({ url, referrer: '' }),
      ),
    );
  });
  page.on('response', (response) => {
    if (/\/(auth\/token|sessions)$/.test(new URL(response.url()).pathname) && response.request().method() === 'POST')
      void response.json().then((answer: Record<string, unknown>) => {
        for (const name of ['access_token', 'id_token', 'refresh_token', 'token']) {
          if (typeof answer[name] === 'string') secrets.push(answer[name]);
        }
      });
  });
  await openApp(page, ofOrder('allergy-1'));
  await expect(specialists(page).first()).toBeVisible();
  expect(secrets.length, 'access token, id_token and session token were seen').toBeGreaterThanOrEqual(3);
  const requests = await Promise.all(asked);
  expect(requests.filter(({ url }) => secrets.some((secret) => url.includes(secret)))).toEqual([]);
  expect(requests.filter(({ url }) => url.includes('code=')).length, 'the code comes back once, to the app').toBe(1);
  expect(requests.filter(({ referrer }) => referrer.startsWith(REFLOOP))).toEqual([]);
  expect(requests.filter(({ referrer }) => /[?&](code|state|launch)=/.test(referrer))).toEqual([]);
});
