/** The sandbox EHR as the tests use it: its launches over HTTP, its chart in the browser. */
import { expect, type FrameLocator, type Page } from '@playwright/test';

export const EHR = `http://localhost:${process.env['REFLOOP_EHR_PORT']}`;
export const REFLOOP = `http://127.0.0.1:${process.env['REFLOOP_PORT']}`;

export type Launches = {
  users: { id: string; name: string; role: string }[];
  patients: { id: string; name: string; orders: { id: string; [field: string]: unknown }[] | string[] }[];
};

export async function waitForSandbox(): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const answer = await fetch(`${EHR}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error('The sandbox EHR was not healthy within two minutes');
}

export const launches = async (): Promise<Launches> => (await (await fetch(`${EHR}/launches`)).json()) as Launches;

export type LaunchRequest = { user: string; patient?: string; encounter?: string; order?: string };

export async function launch(request: LaunchRequest): Promise<{ launch: string; iss: string; url: string }> {
  const answer = await fetch(`${EHR}/launches`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) });
  expect(answer.ok, await answer.clone().text()).toBe(true);
  return (await answer.json()) as { launch: string; iss: string; url: string };
}

export async function orderOf(patientId: string): Promise<string> {
  const patient = (await launches()).patients.find(({ id }) => id === patientId);
  const [first] = patient?.orders ?? [];
  if (!patient || !first) throw new Error(`The sandbox has no order for ${patientId}`);
  return typeof first === 'string' ? first : first.id;
}

/** Signs in on the EHR's own page. */
export async function signIn(page: Page, role: string): Promise<void> {
  await page.goto(`${EHR}/`);
  await page.getByRole('button', { name: new RegExp(role, 'i') }).click();
}

/** The app inside the EHR's page. */
export const appFrame = (page: Page): FrameLocator => page.frameLocator('iframe');
