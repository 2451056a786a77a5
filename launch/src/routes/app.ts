/** The whole EHR as one application: the URL space, top to bottom. */
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type pg from 'pg';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import { type RegisteredClient, registeredOrigins } from '../auth/clients.ts';
import type { SigningKey } from '../auth/signing-key.ts';
import { accessContextOf } from '../auth/token-status.ts';
import { createBulkServer } from '../bulk/export-server.ts';
import { createCdsClient, type Fetch } from '../cds/cds-client.ts';
import { messagePage } from '../chart/layout.ts';
import type { SandboxClock } from '../clock/sandbox-clock.ts';
import { createFhirApp } from '../fhir/app.ts';
import { definitions } from '../fhir/definitions.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import type { Repository } from '../fhir/repository.ts';
import type { FaxMachine } from '../mail/fax-machine.ts';
import type { KeptMail } from '../mail/mail-server.ts';
import { MODES, type Mode, type ModeName } from '../modes/modes.ts';
import type { TextGateway } from '../phone/text-gateway.ts';
import type { Players } from '../players/players.ts';
import { authorizeRoutes } from './authorize.ts';
import { chartRoutes } from './chart.ts';
import { clientsRoutes } from './clients.ts';
import { clockRoutes } from './clock.ts';
import { CDS_KEYS_PATH, discoveryRoutes, endpointsOf, SMART_STYLE_PATH } from './discovery.ts';
import { silentWhenDown, withFaults } from './fhir-faults.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { launchesRoutes } from './launches.ts';
import type { RemoteAddress } from './loopback.ts';
import { mailRoutes } from './mail.ts';
import { officesRoutes } from './offices.ts';
import { phoneRoutes } from './phone.ts';
import { recordsRoutes } from './records.ts';
import { securityHeaders } from './security-headers.ts';
import { createNotifier, type Notifier, type NotifierOptions } from './subscriptions.ts';
import { tokenRoutes } from './token.ts';

export type EhrOptions = {
  pool: pg.Pool;
  repository: Repository;
  /** Where browsers reach this EHR, without a trailing slash: also the issuer of id_tokens. */
  origin: string;
  /** The registered apps; the first is the one the chart opens. */
  clients: [RegisteredClient & { launchUrl: string }, ...RegisteredClient[]];
  signingKey: () => SigningKey;
  /** What calls of CDS services are signed with, and how they are reached; without it the chart shows no cards. */
  cds?: { key: () => SigningKey; fetch: Fetch };
  readiness: () => Readiness;
  /** The clock of the practice, which may be ahead of the machine's: by it charts are written, and offices act. */
  now: () => Date;
  /** By which sessions, launches and tokens end, and what is signed is dated; `now` unless told. */
  machineTime?: () => Date;
  /** The clock that can be moved, where this EHR has one and it is open. */
  clock?: () => SandboxClock | undefined;
  /** The offices that can be played while it is moved. */
  players?: Players;
  remoteAddress: RemoteAddress;
  /** The mails that offices got, newest first; without it there are none. */
  mails?: () => readonly KeptMail[];
  /** By which offices fax to the practice; without it they cannot. */
  fax?: FaxMachine | undefined;
  /** By which patients get text messages and write back; without it there are none. */
  texts?: TextGateway | undefined;
  /** Lets so many milliseconds pass: the fault `latency`. */
  wait: (milliseconds: number) => Promise<void>;
  /** How apps are notified; the machine's own unless told. */
  notify?: NotifierOptions['fetch'];
};

/** Where a Task or a Subscription may be written. */
const MAY_TELL = /\/(?:Task|Subscription)(?:\/|$)|\/fhir\/?$|^\/offices\//;

/** Refloop asks what time it is before it serves, and does not wait for the charts. */
const NOT_READY_EXEMPT = /^\/(health|clock|clock\/followers|chart\/[a-z.-]+)$/;

export function createEhrApp(options: EhrOptions): Hono {
  const { pool, repository, origin, clients, readiness } = options;
  const app = clients[0];
  const machineTime = options.machineTime ?? options.now;
  const serverOf = (mode: Mode): AuthorizationServer => ({
    mode,
    pool,
    clients,
    issuer: origin,
    fhirBase: `${origin}${mode.prefix}/fhir`,
    smartStyleUrl: `${origin}${SMART_STYLE_PATH}`,
    tenant: 'sandbox',
    signingKey: options.signingKey,
    machineTime,
    now: options.now,
  });
  const [firstMode, ...otherModes] = MODES;
  const server = serverOf(firstMode);
  const servers = [server, ...otherModes.map(serverOf)] as const;
  const fhirBaseOf = (name: ModeName): string => servers.find(({ mode }) => mode.name === name)?.fhirBase ?? server.fhirBase;
  const ehr = new Hono();
  ehr.use(securityHeaders({ frameOrigins: [new URL(app.launchUrl).origin], formOrigins: registeredOrigins(clients) }));
  ehr.route('/', healthRoutes(readiness));
  ehr.use(async (context, next) => {
    const now = readiness();
    if (now.status === 'ready' || NOT_READY_EXEMPT.test(context.req.path)) return next();
    context.header('Retry-After', '2');
    if ((context.req.header('accept') ?? '').includes('text/html')) {
      return context.html(messagePage({ title: 'The sandbox EHR is starting', message: now.reason }), 503);
    }
    return context.json({ status: now.status, reason: now.reason }, 503);
  });
  let notifier: Notifier | undefined;
  ehr.use(async (context, next) => {
    // Made when the EHR is ready, and so its clock: it tells what changes from then on.
    notifier ??= createNotifier({
      repository,
      fhirBase: server.fhirBase,
      origins: registeredOrigins(clients),
      now: options.now,
      fetch: options.notify ?? fetch,
    });
    await next();
    // Nobody who writes waits for those who are told of it.
    if (context.req.method !== 'GET' && MAY_TELL.test(context.req.path)) void notifier.look();
  });
  for (const one of servers) {
    const { pathname } = new URL(one.fhirBase);
    for (const path of [`${pathname}/metadata`, `${pathname}/.well-known/*`]) ehr.use(path, silentWhenDown(one));
  }
  ehr.route('/', discoveryRoutes(servers, options.cds?.key));
  for (const one of servers) ehr.route(one.mode.prefix || '/', tokenRoutes(one));
  ehr.route('/', authorizeRoutes(servers, repository));
  ehr.route('/', launchesRoutes(server, fhirBaseOf, repository, app, options.remoteAddress));
  ehr.route('/', clientsRoutes(server, options.remoteAddress));
  ehr.route('/', recordsRoutes(repository, options.remoteAddress));
  ehr.route('/', officesRoutes({ repository, origin, now: options.now, remoteAddress: options.remoteAddress }));
  if (options.clock)
    ehr.route(
      '/',
      clockRoutes({
        clock: options.clock,
        ...(options.players ? { players: options.players } : {}),
        origin,
        remoteAddress: options.remoteAddress,
      }),
    );
  ehr.route('/', mailRoutes({ mails: options.mails ?? (() => []), fax: options.fax, origin, remoteAddress: options.remoteAddress }));
  ehr.route('/', phoneRoutes({ gateway: options.texts, origin, remoteAddress: options.remoteAddress }));
  for (const one of servers) {
    const endpoints = endpointsOf(one);
    const fhir = createFhirApp({
      pool,
      baseUrl: one.fhirBase,
      now: options.now,
      machineTime,
      authenticate: (token) => accessContextOf(one, token),
      allowedOrigins: registeredOrigins(clients),
      habits: one.mode.fhir,
      ...(one === server
        ? {
            bulk: createBulkServer({ pool, baseUrl: one.fhirBase, types: [...definitions().resourceTypes], now: options.now, machineTime }),
          }
        : {}),
      around: (call) => withFaults({ pool, wait: options.wait }, call),
      smart: {
        authorize: endpoints.authorization,
        token: endpoints.token,
        introspect: endpoints.introspection,
        revoke: endpoints.revocation,
      },
    });
    ehr.route(new URL(one.fhirBase).pathname, fhir);
  }
  const cds =
    options.cds &&
    createCdsClient({
      ...options.cds,
      repository,
      base: new URL(app.launchUrl).origin,
      issuer: origin,
      keysUrl: `${origin}${CDS_KEYS_PATH}`,
      fhirServer: server.fhirBase,
      machineTime,
      now: options.now,
      launchUrl: app.launchUrl,
    });
  ehr.route('/', chartRoutes(server, fhirBaseOf, repository, app, cds));

  ehr.notFound((context) =>
    context.html(
      messagePage({ title: 'Page not found', message: 'The address has no page here.', back: { href: '/', label: 'Patients' } }),
      404,
    ),
  );
  ehr.onError((error, context) => {
    if (error instanceof FhirError && error.status < 500) {
      return context.html(
        messagePage({ title: 'This cannot be shown', message: error.message, back: { href: '/', label: 'Patients' } }),
        error.status === 404 || error.status === 410 ? 404 : 400,
      );
    }
    if (error instanceof HTTPException && error.status === 403) {
      const message = 'The form did not come from a page of this EHR. Go back to the chart and try again.';
      return context.html(messagePage({ title: 'This form is refused', message }), 403);
    }
    // The message of an error may quote a row of the chart, so only where it happened is written down.
    console.error(
      `${context.req.method} ${context.req.routePath}: ${error.name}\n${(error.stack ?? '').split('\n').slice(1, 6).join('\n')}`,
    );
    return context.html(
      messagePage({ title: 'Something failed', message: 'The page could not be made. Try again; the log says where it failed.' }),
      500,
    );
  });
  return ehr;
}
