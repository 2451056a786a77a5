import { OpenSession, ROLES, Session as SessionAnswer } from '../client/session.ts';
import { type OpenSessionDeps, openSession } from '../sessions/open-session.ts';
import { closeSession, recordActivity } from '../sessions/running-session.ts';
import { publicRoute, type Route, sessionRoute } from './route.ts';

export const sessionRoutes = (deps: OpenSessionDeps): Route[] => [
  publicRoute({
    method: 'post',
    path: '/sessions',
    summary: 'Open a session with the EHR’s own sign-in; the access token is used once and never stored.',
    body: OpenSession,
    answer: SessionAnswer,
    status: 201,
    limit: 'sign-in',
    handle: async ({ body, now, machineTime }) => openSession(deps, body, { now, machineTime }),
  }),
  sessionRoute({
    method: 'get',
    path: '/sessions/current',
    summary: 'Who is signed in, for which patient, with which roles. Does not count as activity.',
    roles: ROLES,
    answer: SessionAnswer.omit({ token: true }),
    handle: async ({ session }) => ({
      expiresAt: session.expiresAt,
      idleSeconds: deps.idleSeconds,
      warnSeconds: deps.warnSeconds,
      user: { fhirUser: session.fhirUser, subject: session.subject, name: session.name },
      roles: session.roles,
      site: session.scope.site,
      patient: session.patientId,
    }),
  }),
  sessionRoute({
    method: 'post',
    path: '/sessions/current/activity',
    summary: 'The person used pointer, key or touch: the idle time starts again. Nothing else extends a session.',
    roles: ROLES,
    handle: async ({ session, machineTime }) => recordActivity(deps.store, session, deps.idleSeconds, machineTime),
  }),
  sessionRoute({
    method: 'delete',
    path: '/sessions/current',
    summary: 'Sign out.',
    roles: ROLES,
    handle: async ({ session, now, machineTime }) => closeSession(deps.store, session, { now, machineTime }),
  }),
];
