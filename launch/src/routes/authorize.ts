/** The authorize endpoint, by GET and POST, and the pages of a standalone launch. */

import type { Patient } from '@medplum/fhirtypes';
import { type Context, Hono } from 'hono';
import { type AuthorizationServer, authorizeLaunch, authorizeStandalone } from '../auth/authorization-server.ts';
import { type AuthorizeRequest, checkAuthorizeRequest, redirectTo } from '../auth/authorize-request.ts';
import { beginInteraction, findInteraction, finishInteraction, nameUser } from '../auth/interactions.ts';
import { findLaunchOf } from '../auth/launches.ts';
import { hasScope } from '../auth/scopes.ts';
import { findListedUser, type SandboxUser } from '../auth/users.ts';
import { findResource } from '../chart/find.ts';
import { messagePage } from '../chart/layout.ts';
import { patientPickerPage } from '../chart/patient-picker-page.ts';
import { searchPatients } from '../chart/patient-search.ts';
import { signInPage } from '../chart/sign-in-page.ts';
import type { Repository } from '../fhir/repository.ts';
import { faultAt } from '../modes/faults.ts';
import { endpointsOf } from './discovery.ts';

const HANDLE_REFUSED = 'launch is not a handle this EHR gave out, or it was used or has expired. Open the app from the chart again.';

/** A field of a form, empty where it is missing. */
const form = async (context: Context, name: string): Promise<string> => {
  const value = (await context.req.parseBody())[name];
  return typeof value === 'string' ? value : '';
};

/** The answer to a form whose interaction is finished or too old. */
const over = (context: Context): Response | Promise<Response> =>
  context.html(
    messagePage({
      title: 'This sign-in is over',
      message: 'It was finished before, or it was open for more than ten minutes. Start the app again.',
    }),
    400,
  );

/** After a form a browser must come by GET (RFC 9700 §4.12). */
const leave = (context: Context, url: string): Response => context.redirect(url, context.req.method === 'POST' ? 303 : 302);
const toApp = (context: Context, request: Pick<AuthorizeRequest, 'redirectUri' | 'state'>, parameters: Record<string, string>): Response =>
  leave(context, redirectTo(request.redirectUri, { ...parameters, state: request.state }));

/** The endpoints of all modes, and the pages they share: a sign-in under way knows its mode by the FHIR base it is for. */
export function authorizeRoutes(servers: readonly [AuthorizationServer, ...AuthorizationServer[]], repository: Repository): Hono {
  const routes = new Hono();
  const [first] = servers;
  const serverFor = (request: AuthorizeRequest): AuthorizationServer => servers.find((one) => one.fhirBase === request.audience) ?? first;
  for (const { mode } of servers) {
    routes.use(`${mode.prefix}/auth/*`, async (context, next) => {
      await next();
      if (context.req.path !== '/auth/jwks') context.header('Cache-Control', 'no-store');
    });
  }

  const appName = (clientId: string): string => first.clients.find((client) => client.clientId === clientId)?.name ?? clientId;
  const notHere = (context: Context, message: string) => context.html(messagePage({ title: 'This app cannot sign in here', message }), 400);

  const authorize = async (server: AuthorizationServer, context: Context, parameters: URLSearchParams): Promise<Response> => {
    const check = checkAuthorizeRequest(parameters, server);
    switch (check.kind) {
      case 'refused-here':
        return notHere(context, check.description);
      case 'refused-to-app':
        return leave(
          context,
          redirectTo(check.redirectUri, { error: check.error, error_description: check.description, state: check.state }),
        );
      case 'accepted':
        break;
    }
    const { request } = check;
    if (request.launch === undefined) {
      const interaction = await beginInteraction(server.pool, request, server.machineTime());
      return context.html(signInPage({ action: '/auth/sign-in', hidden: { interaction }, app: appName(request.clientId) }));
    }
    const fault = faultAt('authorize', (await findLaunchOf(server.pool, request.launch))?.faults ?? []);
    if (fault === 'auth_invalid_client_id')
      return notHere(context, 'client_id must name one app that is registered here (fault of this launch).');
    if (fault === 'auth_invalid_redirect_uri') {
      return notHere(
        context,
        `redirect_uri must be, to the letter, one registered for ${appName(request.clientId)} (fault of this launch).`,
      );
    }
    if (fault === 'auth_invalid_scope') {
      return toApp(context, request, { error: 'invalid_scope', error_description: 'The scope is invalid (fault of this launch).' });
    }
    const code = await authorizeLaunch(server, { ...request, launch: request.launch });
    if (code === undefined) return toApp(context, request, { error: 'invalid_request', error_description: HANDLE_REFUSED });
    return toApp(context, request, { code });
  };

  for (const server of servers) {
    const path = new URL(endpointsOf(server).authorization).pathname;
    routes.get(path, (context) => authorize(server, context, new URL(context.req.url).searchParams));
    routes.post(path, async (context) => {
      const type = context.req.header('content-type') ?? '';
      if (!type.startsWith('application/x-www-form-urlencoded')) {
        return notHere(context, 'An authorize request by POST must be application/x-www-form-urlencoded.');
      }
      return authorize(server, context, new URLSearchParams(await context.req.text()));
    });
  }

  const picker = async (
    context: Context,
    options: { interaction: string; request: AuthorizeRequest; user: SandboxUser; typed: string; cursor?: string },
  ): Promise<Response> =>
    context.html(
      patientPickerPage({
        app: appName(options.request.clientId),
        user: options.user,
        interaction: options.interaction,
        typed: options.typed,
        found: await searchPatients(repository, options.typed, options.cursor),
        today: first.now(),
      }),
    );

  const finish = async (context: Context, secret: string, userId: string, patientId: string | undefined): Promise<Response> => {
    const finished = await finishInteraction(first.pool, secret, first.machineTime());
    if (!finished) return over(context);
    return toApp(context, finished.request, {
      code: await authorizeStandalone(serverFor(finished.request), finished.request, userId, patientId),
    });
  };

  routes.post('/auth/sign-in', async (context) => {
    const secret = await form(context, 'interaction');
    const interaction = await findInteraction(first.pool, secret, first.machineTime());
    const user = findListedUser(await form(context, 'user'));
    if (!interaction || !user) return over(context);
    if (!hasScope(interaction.request.scope, 'launch/patient')) return finish(context, secret, user.id, undefined);
    await nameUser(first.pool, secret, user.id);
    return picker(context, { interaction: secret, request: interaction.request, user, typed: '' });
  });

  routes.post('/auth/patient-search', async (context) => {
    const secret = await form(context, 'interaction');
    const interaction = await findInteraction(first.pool, secret, first.machineTime());
    const user = interaction?.userId === undefined ? undefined : findListedUser(interaction.userId);
    if (!interaction || !user) return over(context);
    const cursor = await form(context, 'cursor');
    return picker(context, {
      interaction: secret,
      request: interaction.request,
      user,
      typed: await form(context, 'q'),
      ...(cursor === '' ? {} : { cursor }),
    });
  });

  routes.post('/auth/patient', async (context) => {
    const secret = await form(context, 'interaction');
    const interaction = await findInteraction(first.pool, secret, first.machineTime());
    if (interaction?.userId === undefined) return over(context);
    const patient = await findResource<Patient>(repository, 'Patient', await form(context, 'patient'));
    if (!patient)
      return context.html(messagePage({ title: 'No such patient', message: 'Go back and choose a patient from the list.' }), 400);
    return finish(context, secret, interaction.userId, patient.id);
  });

  routes.post('/auth/deny', async (context) => {
    const finished = await finishInteraction(first.pool, await form(context, 'interaction'), first.machineTime());
    if (!finished) return over(context);
    return toApp(context, finished.request, { error: 'access_denied', error_description: 'The user cancelled the sign-in.' });
  });
  return routes;
}
