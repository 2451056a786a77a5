/** One referral from the order to the review, by people who ask again until they are answered. What they are told goes into the ledger. */
import type { Draws } from '@refloop/domain/practice/draws';
import { makeInput, writeBackOf } from '@refloop/server/services/test-referral-input';
import type { Deployment } from './deployment.ts';
import type { Ledger } from './ledger.ts';
import type { Answer, Body, Line } from './line.ts';
import type { Lender } from './office.ts';
import { officeOf } from './office.ts';
import { chartOf, inEhr, launchedOrder, type Patient, patientOf } from './patient.ts';
import { patientPageOf } from './patient-page.ts';
import { CLINICIAN, COORDINATORS, sessionOf } from './people.ts';

export type World = { deployment: Deployment; line: Line; ledger: Ledger };

/** One referral, and who works on it. */
export type Case = World & {
  draws: Draws;
  patient: Patient;
  referralId: string;
  clinician: () => Promise<string>;
  coordinator: () => Promise<string>;
  /** A key for the next press. */
  press: () => string;
};

const HOLDER = 'window-one-1234';
const MINUTE_MS = 60_000;
/** Those who wait for something outside go on without it after so long, by the machine's clock. */
const PATIENCE_MS = 12_000;
const LOOK_MS = 150;

/** What is answered otherwise than with what was asked for ends the case: somebody was faster, or it is over. */
export class CaseOver extends Error {}

export const good = (answer: Answer): Body => {
  if (answer.status >= 300) throw new CaseOver(`${answer.status} ${String(answer.body['detail'])}`);
  return answer.body;
};

/** The Task is left to Refloop's own access: the write-back of these referrals does not make it. */
const WRITES = writeBackOf(['update-order', 'file-document', 'create-provenance']);

export async function liveThrough(world: World, draws: Draws, number: number): Promise<void> {
  const patient = patientOf(number);
  const { deployment } = world;
  await deployment.chart.add(inEhr(patient));
  const clinician = sessionOf(deployment, CLINICIAN, patient.id);
  const coordinator = sessionOf(deployment, draws.pick(COORDINATORS), null);
  let presses = 0;
  const press = (): string => `press-${number}-${(presses += 1)}`;
  const referralId = await approved(world, patient, clinician, press());
  const each: Case = { ...world, draws, patient, referralId, clinician, coordinator, press };
  await cared(each);
}

/** @returns the referral's id, its order in force */
async function approved({ line, ledger }: World, patient: Patient, clinician: () => Promise<string>, key: string): Promise<string> {
  const order = launchedOrder(patient);
  const input = { ...makeInput({ order, chart: chartOf(patient, line.now()) }), writeBack: WRITES };
  const made = good(await line.ask('POST', '/recommendations', clinician, { body: input }));
  const referralId = String(made['referralId']);
  ledger.referrals.add(referralId);
  const approval = { recommendationId: made['id'], revision: made['revision'], working: made['working'], order, performerInEhr: null };
  const signed = ledger.expect('an approval', referralId, { type: 'referral-approved', data: { recommendationId: made['id'] } });
  const plan = good(
    await line.ask('POST', '/approvals', clinician, { body: { ...approval, idempotencyKey: `approve-${key}` }, fact: signed }),
  );
  const path = `/plans/${String(plan['id'])}`;
  good(await line.ask('POST', `${path}/lease`, clinician, { body: { holder: HOLDER } }));
  for (const [step, reference] of [
    ['DocumentReference', `DocumentReference/d-${patient.id}`],
    ['ServiceRequest', `ServiceRequest/${patient.orderId}`],
    ['Provenance', `Provenance/v-${patient.id}`],
  ] as const) {
    const fact = ledger.expect(`a step of a write-back (${step})`, referralId, {
      type: 'write-step-settled',
      data: { planId: plan['id'], step },
    });
    const outcome = { status: 'done', reference, versionId: '2' };
    const answer = await line.ask('POST', `${path}/steps/${step}`, clinician, { body: { holder: HOLDER, outcome }, fact });
    if (answer.status < 300) continue;
    // The window's lease was over: it is taken again, as the app does.
    good(await line.ask('POST', `${path}/lease`, clinician, { body: { holder: HOLDER } }));
    good(await line.ask('POST', `${path}/steps/${step}`, clinician, { body: { holder: HOLDER, outcome }, fact }));
  }
  return referralId;
}

export const threadOf = async ({ line, coordinator, referralId }: Case): Promise<Body> =>
  good(await line.ask('GET', `/worklist/referrals/${referralId}`, coordinator));

/** Put on record by a coordinator; looked at and pressed again where something happened in between. */
export async function byHand(each: Case, act: string, more: Body = {}): Promise<boolean> {
  const { line, ledger, coordinator, referralId, press } = each;
  const key = press();
  const fact = ledger.expect(`by hand: ${act}`, referralId, { key });
  for (let tries = 0; tries < 8; tries += 1) {
    const thread = await threadOf(each);
    // What was done already by a press that nobody heard of is offered no more, and asked for all the same.
    if (fact.tries === 0 && !(thread['acts'] as string[]).includes(act)) return false;
    const body = { key, sequence: thread['sequence'], what: { act, ...more } };
    const answer = await line.ask('POST', `/worklist/referrals/${referralId}/acts`, coordinator, { body, fact });
    if (answer.status < 300) return true;
    if (answer.status !== 409) good(answer);
  }
  return false;
}

/** Until it is there, or for as long as anybody waits. */
export async function awaited<Value>(
  { line }: World,
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value | undefined> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await line.wait(LOOK_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}

export const inMinutes = ({ line }: World, minutes: number): string => new Date(line.now().getTime() + minutes * MINUTE_MS).toISOString();

type Way = 'mail' | 'fax' | 'link';

/** @returns what opens the office's page, where one was handed over */
async function sent(each: Case, way: Way): Promise<{ address: string; link: string | undefined }> {
  const { line, ledger, coordinator, referralId, press } = each;
  const key = press();
  const address = `desk-${key}@office.example.org`;
  const fact = ledger.expect(`a packet by ${way}`, referralId, { key }, way === 'link' ? null : way);
  const path = `/worklist/referrals/${referralId}/packet`;
  for (let tries = 0; tries < 8; tries += 1) {
    const { packet } = good(await line.ask('GET', path, coordinator)) as { packet?: Body };
    if (!packet) throw new CaseOver('There is no packet.');
    // R104: where nothing settles it, what the payer says is said with the press that sends.
    const open = (packet['holds'] as { kind: string }[]).some(({ kind }) => kind === 'authorization-open');
    const said = open ? { authorization: { answer: 'not-needed' } } : {};
    const body = { key, sequence: packet['sequence'], revision: packet['revision'], way, ...(way === 'mail' ? { address } : {}), ...said };
    const answer = await line.ask('POST', `${path}/transmissions`, coordinator, { body, fact });
    if (answer.status < 300) return { address, link: (answer.body['link'] as string | null) ?? undefined };
    if (answer.status !== 409) good(answer);
  }
  throw new CaseOver('The packet could not be sent.');
}

/** Made by the coordinator in place of one that nobody has. */
async function newLink({ line, coordinator, referralId, ...each }: Case): Promise<string | undefined> {
  for (let tries = 0; tries < 8; tries += 1) {
    const { sequence } = await threadOf({ line, coordinator, referralId, ...each });
    const answer = await line.ask('POST', `/worklist/referrals/${referralId}/link`, coordinator, { body: { sequence } });
    if (answer.status < 300) return String(answer.body['link']);
    if (answer.status !== 409) return undefined;
  }
  return undefined;
}

async function lentLink(each: Case, way: Way): Promise<string | undefined> {
  const { address, link } = await sent(each, way);
  if (way === 'link') return link ?? newLink(each);
  const mailed = await awaited(each, () => each.deployment.counterparts.mails().find(({ to }) => to === address)?.link);
  return mailed ?? newLink(each);
}

/** The clinician says yes to whom the coordinator proposed: they are asked in the same moment. */
async function approvesNext({ line, ledger, clinician, referralId }: Case): Promise<boolean> {
  const { toApprove } = good(await line.ask('GET', '/work', clinician)) as { toApprove: { referralId: string; sequence: number }[] };
  const row = toApprove.find((each) => each.referralId === referralId);
  if (!row) return false;
  const fact = ledger.expect('another specialist', referralId, { type: 'attempt-opened', data: { attempt: 2 } });
  const body = { referralId, sequence: row.sequence, answer: { kind: 'approve' } };
  return (await line.ask('POST', '/work/proposals', clinician, { body, fact })).status < 300;
}

async function askNext(each: Case): Promise<boolean> {
  const { line, ledger, coordinator, referralId } = each;
  const path = `/worklist/referrals/${referralId}/next-performers`;
  const listed = good(await line.ask('GET', path, coordinator))['performers'] as { entryId: string; approved: boolean }[];
  const [next] = listed;
  if (!next) return false;
  const { sequence } = await threadOf(each);
  const body = { sequence, entryId: next.entryId, because: 'declined' };
  if (!next.approved) {
    const proposed = ledger.expect('a proposal', referralId, { type: 'performer-proposed', data: { because: 'declined' } });
    if ((await line.ask('POST', path, coordinator, { body, fact: proposed })).status >= 300) return false;
    return approvesNext(each);
  }
  const fact = ledger.expect('another specialist', referralId, { type: 'attempt-opened', data: { attempt: 2 } });
  return (await line.ask('POST', path, coordinator, { body, fact })).status < 300;
}

async function cared(each: Case): Promise<void> {
  const { draws } = each;
  const page = draws.chance(0.6) ? patientPageOf(each) : undefined;
  if (page) await page.wantTexts();
  const way = draws.weighted<Way | 'phone'>([
    ['mail', 40],
    ['fax', 30],
    ['link', 15],
    ['phone', 15],
  ]);
  const lend: Lender = () => lentLink(each, way === 'mail' ? 'mail' : 'link');
  const office = officeOf(each, way === 'mail' || way === 'link' ? lend : undefined);
  const hand = async (): Promise<void> => {
    if (way === 'fax') await sent(each, 'fax');
    if (way === 'phone') await byHand(each, 'sent', { channel: 'by-hand', at: each.line.now().toISOString() });
  };
  await hand();
  if (draws.chance(0.12) && (await office.decline())) {
    if (!(await askNext(each))) return;
    await hand();
  }
  const visitAt = await office.accept(page);
  const { line } = each;
  if (visitAt !== undefined && (await awaited(each, () => (line.now().toISOString() > visitAt ? true : undefined))) === undefined) return;
  await office.seen(page);
  if (page && draws.chance(0.5)) await page.rate();
  await office.note();
  await reviewed(each);
}

/** The clinician reads what came back; a note that came by a gateway is read by Refloop first. */
async function reviewed(each: Case): Promise<void> {
  const { line, ledger, clinician, referralId } = each;
  const row = await awaited(each, async () => {
    const { toReview } = good(await line.ask('GET', '/work', clinician)) as { toReview: { referralId: string; reportId: string }[] };
    return toReview.find((one) => one.referralId === referralId);
  });
  if (!row) return;
  const { reportId } = row;
  const fact = ledger.expect('a review', referralId, { type: 'report-reviewed', data: { reportId } });
  await line.ask('POST', '/work/reviews', clinician, { body: { referralId, reportId }, fact });
}
