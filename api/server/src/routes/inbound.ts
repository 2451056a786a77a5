import { z } from 'zod';
import { FindPatients, FoundPatients, HeldList, LARGEST_INBOUND, PlaceDocument, SetDocumentAside, TakenIn } from '../client/inbound.ts';
import { admitGateway, gatewayTicket, isSigned } from '../inbound/gateway.ts';
import { takeIn } from '../inbound/take-in.ts';
import { problem } from '../problem.ts';
import type { HeldDocumentService } from '../services/held-documents.ts';
import type { Site } from '../sites.ts';
import type { Store } from '../store/store.ts';
import { publicRoute, type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

export type InboundRouteDeps = { store: Store; sites: readonly Site[]; held: HeldDocumentService };

export const inboundRoutes = ({ store, sites, held }: InboundRouteDeps): Route[] => [
  publicRoute({
    method: 'post',
    path: '/inbound/documents',
    summary: 'A gateway of the site hands over a document that came in, as it is, with a token that it signed for this very file.',
    limit: 'office',
    upload: {
      contentType: 'application/octet-stream',
      limit: LARGEST_INBOUND,
      admit: (bearer, { machineTime }) => admitGateway(sites, bearer, machineTime),
    },
    answer: TakenIn,
    status: 201,
    handle: async ({ upload, now, machineTime }) => {
      const ticket = await gatewayTicket(sites, upload?.bearer ?? '', machineTime);
      const bytes = upload?.bytes ?? new Uint8Array();
      if (!ticket || bytes.byteLength === 0 || !isSigned(ticket, bytes)) {
        return problem('invalid-request', 'The file is not the one that was signed, or is empty. Nothing was taken.', [
          { field: 'body', message: 'Its SHA-256 is not the one in the token', fix: 'Sign the digest of the file that is sent.' },
        ]);
      }
      const { scope, key } = ticket;
      return { id: await takeIn(store, scope, { source: 'gateway', key, bytes }, now.toISOString()) };
    },
  }),
  sessionRoute({
    method: 'get',
    path: '/inbound/documents',
    summary: 'What came in and is held, with whom it may be about side by side. That it was read is put on record.',
    roles: ['coordinator', 'lead'],
    answer: HeldList,
    handle: async ({ session, now }) => held.list(session, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/inbound/documents/:id/file',
    summary: 'A held document, byte by byte as it came and whatever it is: a download that no browser shows as a page.',
    roles: ['coordinator', 'lead'],
    params: Id,
    contentType: 'application/octet-stream',
    answer: z.instanceof(Uint8Array),
    handle: async ({ session, params, now }) => held.file(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/inbound/documents/:id/candidates',
    summary:
      'Patients with a referral here by birth date or record number, beside what a held document says. That they were shown is put on record.',
    roles: ['coordinator', 'lead'],
    params: Id,
    body: FindPatients,
    answer: FoundPatients,
    handle: async ({ session, params, body, now }) => held.find(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/inbound/documents/:id/placing',
    summary: 'Say which referral a held document answers; it is filed there and its review is owed.',
    roles: ['coordinator', 'lead'],
    params: Id,
    body: PlaceDocument,
    answer: z.object({ placed: z.literal(true) }),
    handle: async ({ session, params, body, now }) => held.place(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/inbound/documents/:id/setting-aside',
    summary: 'Say that a held document is nobody’s here, and what it is.',
    roles: ['coordinator', 'lead'],
    params: Id,
    body: SetDocumentAside,
    answer: z.object({ setAside: z.literal(true) }),
    handle: async ({ session, params, body, now }) => held.setAside(session, params.id, body.reason, now),
  }),
];
