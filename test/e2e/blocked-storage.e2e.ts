/** Browsers that give a cross-site frame no storage at all: the launch gets through, and nothing is left behind in the frame. */
import { readyToApprove, specialists } from './support/refer-page.ts';
import { appFrame, draftOrder, EHR, REFLOOP, referButton, signIn } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

test('the app opens in a frame whose session storage is blocked', async ({ page }) => {
  await page.addInitScript((refloop) => {
    if (location.origin !== refloop) return;
    Object.defineProperty(window, 'sessionStorage', {
      get: () => {
        throw new DOMException('The document is sandboxed and lacks storage.', 'SecurityError');
      },
    });
  }, REFLOOP);
  const patient = 'hematology-1';
  await signIn(page, /Maren Oduya/);
  await page.goto(`${EHR}/patients/${patient}`);
  await expect(page.locator(`[data-order="${draftOrder(patient)}"]`)).toContainText('draft');
  await referButton(page).click();
  const app = appFrame(page);
  await readyToApprove(app);
  expect(await specialists(app).count()).toBeGreaterThanOrEqual(1);
  expect(await app.locator('body').evaluate(() => window.name)).toBe('');
});
