/** The service levels: an administrator changes them by a new version with a reason, and a lead reads them. */
import { expectAccessible, expectFits } from './support/accessible.ts';
import { openApp } from './support/refer-page.ts';
import { expect, test } from './support/test.ts';

test('an administrator changes a deadline and adds an exception; what is wrong is named, and the version before stays', async ({
  page,
  browser,
}) => {
  await openApp(page, { user: 'admin' });
  await page.getByRole('link', { name: 'Service levels' }).click();
  const row = page.getByRole('row', { name: /^Get the cancellation confirmed/ });
  await expect(row).toContainText('routine 2 business days');
  await expect(row).toContainText('The office has not confirmed that it is cancelled.');
  await expectAccessible(page, 'service levels');
  await expectFits(page, 'service levels');

  await row.getByRole('button').click();
  const dialog = page.getByRole('dialog', { name: 'Get the cancellation confirmed' });
  const deadline = dialog.getByRole('group', { name: 'Deadline' });
  await deadline.getByRole('textbox', { name: 'routine' }).fill('soon');
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await expect(deadline.getByText('A whole number; 0 is at once.')).toBeVisible();
  await deadline.getByRole('textbox', { name: 'routine' }).fill('1');
  await expectAccessible(page, 'the times of a stage');
  await dialog.getByRole('button', { name: 'Take over' }).click();
  await expect(row).toContainText('routine 1 business day');

  // An urgent one would have longer: the server says so, by its field, and keeps nothing.
  await page.getByRole('button', { name: /^Review and put in force/ }).click();
  const review = page.getByRole('dialog', { name: 'Review the changes' });
  await expect(review.getByRole('alert')).toContainText('levels.confirm-cancellation.urgent');
  await review.getByRole('button', { name: 'Back' }).click();
  await row.getByRole('button').click();
  for (const urgency of ['urgent', 'emergency']) await deadline.getByRole('textbox', { name: urgency }).fill('1');
  await dialog.getByRole('button', { name: 'Take over' }).click();

  await page.getByRole('button', { name: 'Add an exception…' }).click();
  const exception = page.getByRole('dialog', { name: 'Add an exception' });
  await exception.getByRole('combobox', { name: 'Of', exact: true }).selectOption({ label: 'Get the cancellation confirmed' });
  await exception.getByRole('textbox', { name: 'Payer' }).fill('Larkspur');
  await exception.getByRole('textbox', { name: 'routine' }).fill('3');
  await exception.getByRole('textbox', { name: 'Why it differs' }).fill('Agreed with them.');
  await exception.getByRole('button', { name: 'Take over' }).click();
  await expect(page.getByRole('region', { name: 'Exceptions' })).toContainText('Larkspur: routine 3 business days');

  await page.getByRole('button', { name: /^Review and put in force/ }).click();
  await expect(review.getByRole('list', { name: 'Changes' }).getByRole('listitem')).toHaveCount(4);
  await expect(review.getByText(/This can reach (at least )?\d+ open referrals?/)).toBeVisible();
  await review.getByRole('button', { name: 'Put in force' }).click();
  await expect(review.getByText('Say in a few words why.')).toBeVisible();
  await review.getByRole('textbox', { name: 'Why' }).fill('Offices asked for it');
  await expectAccessible(page, 'review of the changes');
  await review.getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByText('Version 2 is in force.')).toBeVisible();
  const versions = page.getByRole('region', { name: 'Versions' });
  await expect(versions.getByRole('listitem').first()).toContainText('Jonah Abara');
  await expect(versions.getByRole('listitem').first()).toContainText('Offices asked for it');
  await versions.getByRole('link', { name: 'Version 1' }).click();
  await expect(row).toContainText('routine 2 business days');
  await expect(page.getByText('not in force any more; version 2 is')).toBeVisible();

  const lead = await (await browser.newContext()).newPage();
  await openApp(lead, { user: 'lead' });
  await lead.getByRole('link', { name: 'Service levels' }).click();
  await expect(lead.getByRole('row', { name: /^Get the cancellation confirmed/ })).toContainText('routine 1 business day');
  await expect(lead.getByRole('button', { name: /^Change/ })).toHaveCount(0);
});
