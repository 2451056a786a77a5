import { z } from 'zod';
import { Delegation, EndDelegation, GiveDelegation } from '../client/admin.ts';
import { Signer } from '../client/pend.ts';
import { endDelegation, giveDelegation, listDelegations } from '../grants/delegations.ts';
import { signersOf } from '../grants/in-force.ts';
import type { Site } from '../sites.ts';
import type { Store } from '../store/store.ts';
import { type Route, sessionRoute } from './route.ts';

export const delegationRoutes = (deps: { store: Store; sites: Site[]; newId: () => string }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/delegations',
    summary: 'Who prepares for whom and who covers for whom at this EHR, ended ones too.',
    roles: ['admin'],
    answer: z.object({ delegations: z.array(Delegation) }),
    handle: async ({ session, now }) => ({ delegations: await listDelegations(deps.store, session, now) }),
  }),
  sessionRoute({
    method: 'post',
    path: '/delegations',
    summary: 'Name a person who prepares for a clinician, or a clinician who covers for another. Takes effect at once.',
    roles: ['admin'],
    body: GiveDelegation,
    answer: Delegation,
    status: 201,
    handle: async ({ session, body, now }) => giveDelegation(deps, session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/delegations/:id/end',
    summary: 'Take it away, with a reason. Takes effect at once; the entry stays as ended.',
    roles: ['admin'],
    params: z.object({ id: z.string().max(40) }),
    body: EndDelegation,
    answer: Delegation,
    handle: async ({ session, params, body, now }) => endDelegation(deps, session, params.id, body.reason, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/signers',
    summary: 'The clinicians this person prepares for: those who can be sent a referral to sign.',
    roles: ['preparer'],
    answer: z.object({ signers: z.array(Signer) }),
    handle: async ({ session, now }) => ({
      signers: await deps.store.transaction(session.scope, async (unit) =>
        (await signersOf(unit, session.subject, now)).map(({ subject, name }) => ({ subject, name })),
      ),
    }),
  }),
];
