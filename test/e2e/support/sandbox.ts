/** The sandbox EHR as the tests use it: its launches over HTTP, its pages in the browser. */
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

export const EHR = `http://localhost:${process.env['REFLOOP_EHR_PORT']}`;
export const REFLOOP = `http://127.0.0.1:${process.env['REFLOOP_PORT']}`;

export type Launches = {
  users: { id: string; name: string; role: string }[];
  patients: { id: string; name: string; orders: string[] }[];
};

export const launches = async (ehr = EHR): Promise<Launches> => (await (await fetch(`${ehr}/launches`)).json()) as Launches;

/** A vendor's way of behaving, with a FHIR base of its own. */
export type ModeName = 'full' | 'epic-like' | 'oracle-like' | 'athena-like' | 'messages-only';

export type LaunchRequest = {
  user: string;
  patient?: string;
  encounter?: string;
  order?: string;
  mode?: ModeName;
  /** What goes wrong in this launch, by the names of `GET /launches`. */
  faults?: string[];
};

export async function launch(request: LaunchRequest, ehr = EHR): Promise<{ launch: string; iss: string; url: string }> {
  const answer = await fetch(`${ehr}/launches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  expect(answer.ok, await answer.clone().text()).toBe(true);
  return (await answer.json()) as { launch: string; iss: string; url: string };
}

/** What goes wrong in a launch from now on; nothing, with an empty list. */
export async function setFaults(launched: { launch: string }, faults: string[], ehr = EHR): Promise<void> {
  const answer = await fetch(`${ehr}/launches/${launched.launch}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults }),
  });
  expect(answer.ok, await answer.clone().text()).toBe(true);
}

/** The draft order every built-in patient has. */
export const draftOrder = (patient: string): string => `${patient}-referral`;

/** The launch of a patient's draft order by the clinician. */
export const ofOrder = (patient: string): LaunchRequest => ({ user: 'clinician', patient, order: draftOrder(patient) });

/** Signs in on the EHR's own page. */
export async function signIn(page: Page, name: RegExp): Promise<void> {
  await page.goto(`${EHR}/`);
  await page.getByRole('button', { name }).click();
}

/** The app inside the EHR's page. */
export const appFrame = (page: Page): FrameLocator => page.frameLocator('iframe');

/** The button of a draft order in the chart. */
export const referButton = (page: Page): Locator => page.getByRole('button', { name: /^Refer:/ });
