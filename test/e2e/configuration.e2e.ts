/** The configuration: an administrator words and colours it, is told what cannot be, and brings the version before back. At an EHR of its own. */
import { expectAccessible, expectFits } from './support/accessible.ts';
import { openApp } from './support/refer-page.ts';
import { expect, test } from './support/test.ts';

test('an administrator changes words and colour by a new version, and puts the one before in force again', async ({ page }) => {
  await openApp(page, { user: 'admin', mode: 'athena-like' });
  await page.getByRole('link', { name: 'Configuration' }).click();
  const practice = page.getByRole('region', { name: 'The practice' });
  await practice.getByRole('textbox', { name: 'Name' }).fill('Bay Family Clinic');
  await practice.getByRole('textbox', { name: 'Colour', exact: true }).fill('#dddddd');
  await expect(practice.getByText(/contrast of 1\.\d to 1; .* Choose a darker colour\./)).toBeVisible();
  await practice.getByRole('textbox', { name: 'Colour', exact: true }).fill('#1f56b3');
  await expect(practice.getByRole('figure')).toContainText('Bay Family Clinic');

  await page.getByRole('button', { name: 'Change: Asks how it went' }).click();
  const dialog = page.getByRole('dialog', { name: 'Asks how it went' });
  const english = dialog.getByRole('textbox', { name: 'English' });
  await english.fill('{practice}: How was your heart doctor? {link}');
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await expect(dialog.getByText(/It tells of a specialty/)).toBeVisible();
  await expectAccessible(page, 'the words of a message');
  await english.fill('{practice}: How was your visit? {link}');
  await expect(dialog.getByText(/^Bay Family Clinic: How was your visit\? http\S+ Reply STOP to end texts\.$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await page.getByRole('region', { name: 'Statuses' }).getByRole('textbox', { name: 'no show' }).fill('did not come');
  await expectAccessible(page, 'the configuration');
  await expectFits(page, 'the configuration');

  await page.getByRole('button', { name: /^Review and put in force/ }).click();
  const review = page.getByRole('dialog', { name: 'Review the changes' });
  await expect(review.getByRole('list', { name: 'Changes' }).getByRole('listitem')).toHaveCount(4);
  await review.getByRole('textbox', { name: 'Why' }).fill('Agreed with the front desk');
  await review.getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByText('Version 1 is in force.')).toBeVisible();
  const versions = page.getByRole('region', { name: 'Versions' });
  await expect(versions.getByRole('listitem').first()).toContainText(/Jonah Abara.*Agreed with the front desk/);

  await versions.getByRole('link', { name: 'Version 0' }).click();
  await expect(practice.getByRole('textbox', { name: 'Name' })).toHaveValue('');
  await page.getByRole('button', { name: 'Put version 0 in force again…' }).click();
  await expect(review.getByRole('textbox', { name: 'Why' })).toHaveValue('Back to version 0.');
  await review.getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByText('Version 2 is in force.')).toBeVisible();
  await expect(page.getByText('in your words')).toHaveCount(0);
});
