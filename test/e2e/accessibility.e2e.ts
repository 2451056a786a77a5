/** axe finds nothing (WCAG 2.1 A and AA), nothing scrolls sideways from 320 px on, and single keys act only in their list. */
import { expectAccessible, expectFits } from './support/accessible.ts';
import { approveButton, noteSentences, openApp, readyToApprove, settled, specialists } from './support/refer-page.ts';
import { EHR, ofOrder, REFLOOP, signIn } from './support/sandbox.ts';
import { expect, test } from './support/test.ts';

test('the EHR: sign-in, list, chart', async ({ page }) => {
  await page.goto(`${EHR}/`);
  await expectAccessible(page, 'sign-in');
  await expectFits(page, 'sign-in');
  await signIn(page, /Maren Oduya/);
  await expectAccessible(page, 'patient list');
  await expectFits(page, 'patient list');
  await page.goto(`${EHR}/patients/urology-1`);
  await expectAccessible(page, 'chart');
  await expectFits(page, 'chart');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the Refer page, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openApp(page, ofOrder(colorScheme === 'light' ? 'urology-1' : 'urology-2'));
    await readyToApprove(page);
    await expectAccessible(page, 'Refer');
    await expectFits(page, 'Refer');
    await page.setViewportSize({ width: 360, height: 800 });
    await expectAccessible(page, 'Refer at 360 px');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await expectAccessible(page, 'a dialog');
  });
}

test('the approval: the undo window and the settled state', async ({ page }) => {
  await openApp(page, ofOrder('nephrology-2'));
  await readyToApprove(page);
  await approveButton(page).click();
  await settled(page);
  await expectAccessible(page, 'settled');
  await expectFits(page, 'settled');
});

test('a failure page, and the emergency question', async ({ page }) => {
  await page.goto(`${REFLOOP}/app`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page, 'failure');
  await expectFits(page, 'failure');
  await openApp(page, ofOrder('interpreter-vietnamese'));
  await readyToApprove(page);
  await page.getByRole('textbox', { name: 'Reason', exact: true }).fill('Crushing chest pain since this morning');
  await expect(page.getByRole('heading', { name: /emergency department/i })).toBeVisible();
  await expectAccessible(page, 'emergency question');
});

test('the Referral center: audit, access, exceptions', async ({ page }) => {
  await openApp(page, { user: 'admin' });
  for (const [workspace, heading] of [
    ['Audit', 'Audit'],
    ['Access', 'Access'],
    ['This EHR', 'What this EHR lets us do'],
  ] as const) {
    await page.getByRole('link', { name: workspace }).click();
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expectAccessible(page, workspace);
    await expectFits(page, workspace);
  }
  await openApp(page, { user: 'coordinator' });
  await page.getByRole('link', { name: 'Exceptions' }).click();
  await expect(page.getByRole('heading', { name: 'Exceptions' })).toBeVisible();
  await expectAccessible(page, 'Exceptions');
  await expectFits(page, 'Exceptions');
});

test('single keys act only while the list has the focus, and can be switched off', async ({ page }) => {
  await openApp(page, ofOrder('pulmonology-1'));
  await readyToApprove(page);
  await page.getByRole('button', { name: 'Save for later' }).focus();
  await page.keyboard.press('2');
  await expect(specialists(page).first()).toBeChecked();
  await page.keyboard.press('/');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Question for the specialist' }).focus();
  await page.keyboard.type('2/e?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(specialists(page).first()).toBeChecked();

  await specialists(page).first().focus();
  await page.keyboard.press('2');
  await expect(specialists(page).nth(1)).toBeChecked();
  await page.keyboard.press('/');
  await expect(page.getByRole('dialog', { name: 'Someone else' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await specialists(page).nth(1).focus();
  await page.keyboard.press('e');
  await expect(noteSentences(page).first()).toBeFocused();
  await page.keyboard.press('?');
  await page.getByRole('switch', { name: /Single keys work/ }).setChecked(false);
  await page.keyboard.press('Escape');
  await specialists(page).nth(1).focus();
  await page.keyboard.press('1');
  await expect(specialists(page).nth(1), 'switched off').toBeChecked();
});
