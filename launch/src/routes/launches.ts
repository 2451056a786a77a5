/**
 * The launches API: what a script needs to open the app as somebody about somebody. It signs in whoever asks, so it answers on
 * this machine alone. Its shape is relied on from outside.
 */
import type { Encounter, Patient, Practitioner, ServiceRequest } from '@medplum/fhirtypes';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import type { RegisteredClient } from '../auth/clients.ts';
import { FIRST_COLLEAGUE, LAST_COLLEAGUE } from '../auth/colleagues.ts';
import { firingsOf, setLaunchFaults } from '../auth/faults.ts';
import { createLaunch, findLaunchOf, type LaunchContext } from '../auth/launches.ts';
import { findUser, practitionerOf, SANDBOX_USERS } from '../auth/users.ts';
import { findResource, searchAll } from '../chart/find.ts';
import { patientName } from '../chart/wording.ts';
import type { Repository } from '../fhir/repository.ts';
import { FAULT_NAMES, faultsNamed, NO_SUCH_FAULT } from '../modes/faults.ts';
import { findMode, MODES, type ModeName } from '../modes/modes.ts';
import { readJson, refuseField } from './json-body.ts';
import { loopbackOnly, type RemoteAddress } from './loopback.ts';

/** The most patients listed; a folder of more is launched by id. */
const LISTED_PATIENTS = 10_000;

const id = z.string().min(1).max(64);
const launchRequest = z.strictObject({
  user: id,
  patient: id.optional(),
  encounter: id.optional(),
  order: id.optional(),
  mode: z.string().optional(),
  faults: z.array(z.string()).optional(),
});
type LaunchRequest = z.infer<typeof launchRequest>;
const faultsRequest = z.strictObject({ faults: z.array(z.string()) });

type FieldProblem = { field: string; message: string };
export type LaunchCheck =
  | { kind: 'accepted'; context: Omit<LaunchContext, 'clientId' | 'needPatientBanner'> }
  | ({ kind: 'refused' } & FieldProblem);

const refused = (field: string, message: string): LaunchCheck => ({ kind: 'refused', field, message });

const NO_SUCH_USER = `There is no such user. Use one of: ${SANDBOX_USERS.map((one) => one.id).join(', ')}; or a colleague, clinician-${FIRST_COLLEAGUE} to clinician-${LAST_COLLEAGUE}.`;

/** Makes a colleague's record when it is first needed, one at a time: two loads of the same resource would hinder each other. */
function ensuringPractitioner(repository: Repository): (userId: string) => Promise<void> {
  const ensure = async (userId: string): Promise<void> => {
    const user = findUser(userId);
    if (user && !(await findResource<Practitioner>(repository, 'Practitioner', userId)))
      await repository.loadResources([practitionerOf(user)]);
  };
  let last: Promise<void> = Promise.resolve();
  return (userId) => {
    const next = () => ensure(userId);
    last = last.then(next, next);
    return last;
  };
}

/** Whether user, patient, encounter and order exist and belong together. An order brings its encounter along. */
export async function checkLaunch(repository: Repository, request: LaunchRequest): Promise<LaunchCheck> {
  const user = findUser(request.user);
  if (!user) return refused('user', NO_SUCH_USER);
  const mode = findMode(request.mode ?? 'full')?.name;
  if (mode === undefined) return refused('mode', `There is no such mode. Use one of: ${MODES.map(({ name }) => name).join(', ')}.`);
  const faults = faultsNamed(request.faults ?? []);
  if (!faults) return refused('faults', NO_SUCH_FAULT);
  if (request.patient === undefined) {
    const orphan = request.order !== undefined ? 'order' : request.encounter !== undefined ? 'encounter' : undefined;
    if (orphan !== undefined) return refused('patient', `An ${orphan} needs its patient; add the patient's id.`);
    return { kind: 'accepted', context: { userId: user.id, mode, faults, intent: 'referral-center' } };
  }
  const patient = await findResource<Patient>(repository, 'Patient', request.patient);
  if (!patient) return refused('patient', 'There is no such patient. GET /launches lists their ids.');
  const reference = `Patient/${patient.id}`;
  const order = request.order === undefined ? undefined : await findResource<ServiceRequest>(repository, 'ServiceRequest', request.order);
  if (request.order !== undefined && order?.subject.reference !== reference) {
    return refused('order', 'This patient has no such order. GET /launches lists the orders of each patient.');
  }
  const encounterId = request.encounter ?? /^Encounter\/([^/]+)$/.exec(order?.encounter?.reference ?? '')?.[1];
  const encounter = encounterId === undefined ? undefined : await findResource<Encounter>(repository, 'Encounter', encounterId);
  if (encounterId !== undefined && encounter?.subject?.reference !== reference) {
    return refused('encounter', 'This patient has no such encounter. Leave encounter out, or give one of this patient.');
  }
  return {
    kind: 'accepted',
    context: {
      userId: user.id,
      patientId: patient.id,
      ...(encounter ? { encounterId: encounter.id } : {}),
      ...(order ? { orderId: order.id } : {}),
      mode,
      faults,
      intent: 'refer',
    },
  };
}

/** The app's launch URL with the two parameters SMART prescribes. */
export function launchUrl(client: RegisteredClient & { launchUrl: string }, iss: string, handle: string): string {
  const url = new URL(client.launchUrl);
  url.searchParams.set('iss', iss);
  url.searchParams.set('launch', handle);
  return url.toString();
}

export function launchesRoutes(
  server: AuthorizationServer,
  fhirBaseOf: (mode: ModeName) => string,
  repository: Repository,
  app: RegisteredClient & { launchUrl: string },
  remoteAddress: RemoteAddress,
): Hono {
  const routes = new Hono();
  const here = loopbackOnly(remoteAddress);
  const ensurePractitioner = ensuringPractitioner(repository);
  routes.use('/launches', here);
  routes.use('/launches/*', here);

  routes.get('/launches', async (context) => {
    const patients = await searchAll<Patient>(repository, 'Patient', { _sort: 'family,given' }, LISTED_PATIENTS);
    const orders = await searchAll<ServiceRequest>(repository, 'ServiceRequest', { status: 'draft' }, LISTED_PATIENTS);
    const ordersOf = Map.groupBy(orders, (order) => order.subject.reference ?? '');
    return context.json({
      users: SANDBOX_USERS.map(({ id, name, role }) => ({ id, name, role })),
      patients: patients.map((patient) => ({
        id: patient.id,
        name: patientName(patient),
        orders: (ordersOf.get(`Patient/${patient.id}`) ?? []).map((order) => order.id),
      })),
      modes: MODES.map(({ name }) => name),
      faults: FAULT_NAMES,
    });
  });

  routes.post('/launches', async (context) => {
    const sent = await readJson(context, launchRequest, '{user, patient?, encounter?, order?, mode?, faults?}');
    if (sent.kind === 'refused') return sent.response;
    const check = await checkLaunch(repository, sent.body);
    if (check.kind === 'refused') return refuseField(context, check.field, check.message);
    await ensurePractitioner(check.context.userId);
    const launch = { ...check.context, clientId: app.clientId, needPatientBanner: true };
    const { handle } = await createLaunch(server.pool, launch, server.machineTime());
    context.header('Cache-Control', 'no-store');
    const iss = fhirBaseOf(launch.mode);
    return context.json({ launch: handle, iss, url: launchUrl(app, iss, handle) });
  });

  /** Named by its handle, which opens nothing any more once it was used. */
  const launchState = async (context: Context, handle: string): Promise<Response> => {
    context.header('Cache-Control', 'no-store');
    const launch = await findLaunchOf(server.pool, handle);
    if (!launch) {
      const message = 'There is no such launch, or it has ended. Use the launch that POST /launches answered.';
      return context.json({ error: 'not_found', message }, 404);
    }
    const { userId, patientId, encounterId, orderId, mode, faults, launchId } = launch;
    return context.json({
      user: userId,
      ...(patientId === undefined ? {} : { patient: patientId }),
      ...(encounterId === undefined ? {} : { encounter: encounterId }),
      ...(orderId === undefined ? {} : { order: orderId }),
      mode,
      faults,
      fired: await firingsOf(server.pool, launchId),
    });
  };

  routes.get('/launches/:launch', (context) => launchState(context, context.req.param('launch')));

  routes.put('/launches/:launch', async (context) => {
    const handle = context.req.param('launch');
    const sent = await readJson(context, faultsRequest, '{faults}, a list that takes the place of the former');
    if (sent.kind === 'refused') return sent.response;
    const faults = faultsNamed(sent.body.faults);
    if (!faults) return refuseField(context, 'faults', NO_SUCH_FAULT);
    const launch = await findLaunchOf(server.pool, handle);
    if (launch) await setLaunchFaults(server.pool, launch.launchId, faults);
    return launchState(context, handle);
  });
  return routes;
}
