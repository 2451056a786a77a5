/** The app's Refer page as a person finds it: the same words on a page of its own and inside the EHR's frame. */
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import { type LaunchRequest, launch, REFLOOP } from './sandbox.ts';

export type Place = Page | FrameLocator;

export const specialists = (place: Place): Locator => place.getByRole('radiogroup', { name: 'Specialists' }).getByRole('radio');
export const noteSentences = (place: Place): Locator =>
  place.getByRole('region', { name: /^Note/ }).getByRole('button', { name: /Edit sentence$/ });
export const decision = (place: Place): Locator => place.getByRole('contentinfo', { name: 'Decision' });
/** Whose chart it is, said by the app itself. */
export const patientBanner = (place: Place): Locator => place.getByRole('region', { name: 'Patient', exact: true });
export const approveButton = (place: Place): Locator => place.getByRole('button', { name: /^Approve/ });

/** Opens the app as a script does, on a page of its own; answers the launch, whose faults can be changed later. */
export async function openApp(page: Page, request: LaunchRequest): Promise<{ launch: string }> {
  const launched = await launch(request);
  await page.goto(launched.url);
  return launched;
}

/** The list is there, the note is drafted and saved: approving may begin. */
export async function readyToApprove(place: Place): Promise<void> {
  await expect(specialists(place).first()).toBeVisible();
  await expect(noteSentences(place).first()).toBeVisible();
  await expect(decision(place).getByText('Draft saved')).toBeVisible();
}

/** The id of the next recommendation that a page of the app asks for: in the lists of all, those of other tests stand beside it. */
export async function nextRecommendation(page: Page): Promise<string> {
  const answer = await page.waitForResponse(
    (response) => response.url() === `${REFLOOP}/recommendations` && response.request().method() === 'POST' && response.ok(),
  );
  return ((await answer.json()) as { id: string }).id;
}

/** Replaces the text of one sentence of the note. */
export async function editSentence(place: Place, index: number, text: string): Promise<void> {
  await noteSentences(place).nth(index).click();
  const editor = place.getByRole('textbox', { name: 'Edit sentence' });
  await editor.fill(text);
  await editor.press('Enter');
  await expect(place.getByRole('button', { name: new RegExp(text.slice(0, 30)) })).toBeVisible();
}

/** Past the undo window, until the three indicators have settled. */
export async function settled(place: Place): Promise<void> {
  await expect(decision(place).getByText('Write-back: Written to the chart')).toBeVisible();
  await expect(decision(place).getByText('Decision: Approved')).toBeVisible();
  await expect(decision(place).getByText('Sent: Not sent to the specialist')).toBeVisible();
}
