import { z } from 'zod';
import { Disclosures, DisclosuresQuestion, PacketAnswer, PacketSent, PreparePacket, ReadPacketFile, SendPacket } from '../client/packet.ts';
import type { DisclosureService } from '../services/disclosures.ts';
import type { PacketForm, PacketService } from '../services/packets.ts';
import { type ContentType, type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });
const ROLES = ['clinician', 'coordinator', 'lead'] as const;

const FORMS: readonly { form: PacketForm; ending: string; contentType: ContentType; words: string }[] = [
  { form: 'pdf', ending: 'pdf', contentType: 'application/pdf', words: 'a PDF' },
  { form: 'fhir', ending: 'fhir', contentType: 'application/fhir+json', words: 'a FHIR document' },
  { form: 'ccda', ending: 'ccda', contentType: 'application/xml', words: 'a C-CDA referral note' },
];

export const packetRoutes = ({ packets, disclosures }: { packets: PacketService; disclosures: DisclosureService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/worklist/referrals/:id/packet',
    summary: 'What would go to the specialist now: what is in, what is missing, what holds it, and the ways to send it.',
    roles: ROLES,
    params: Id,
    answer: PacketAnswer,
    handle: async ({ session, params, now }) => packets.view(session, params.id, now),
  }),
  sessionRoute({
    method: 'put',
    path: '/worklist/referrals/:id/packet',
    summary:
      'Take an item out or put it back, add what only people know, say why it goes without what is missing, or that it was looked through.',
    roles: ROLES,
    params: Id,
    body: PreparePacket,
    answer: PacketAnswer,
    handle: async ({ session, params, body, now }) => packets.prepare(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/packet/transmissions',
    summary: 'Send the packet, by the way the office prefers or another. The same key twice sends it once.',
    roles: ROLES,
    params: Id,
    body: SendPacket,
    answer: PacketSent,
    handle: async ({ session, params, body, now }) => packets.send(session, params.id, body, now),
  }),
  ...FORMS.map(({ form, ending, contentType, words }) =>
    sessionRoute({
      method: 'get',
      path: `/worklist/referrals/:id/packet/${ending}`,
      summary: `The packet as it would go now, as ${words}.`,
      roles: ROLES,
      params: Id,
      contentType,
      answer: z.instanceof(Uint8Array<ArrayBuffer>),
      handle: async ({ session, params, now }) => packets.file(session, params.id, form, now),
    }),
  ),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/packet/file',
    summary: 'One image or document of the packet, as it came from the chart: to be looked at before it goes.',
    roles: ROLES,
    params: Id,
    body: ReadPacketFile,
    // Whatever it is, nobody's browser opens it by itself.
    contentType: 'application/octet-stream',
    answer: z.instanceof(Uint8Array<ArrayBuffer>),
    handle: async ({ session, params, body, now }) => packets.enclosed(session, params.id, body.sha256, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/disclosures',
    summary: 'The accounting of disclosures of one patient: when, to whom, what and why (45 CFR 164.528).',
    roles: ['admin'],
    // In the body: whose accounting it is belongs in no address.
    body: DisclosuresQuestion,
    answer: Disclosures,
    handle: async ({ session, body, now }) => disclosures.account(session, body.patient, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/disclosures/csv',
    summary: 'The same as a table for a spreadsheet.',
    roles: ['admin'],
    // In the body: whose accounting it is belongs in no address.
    body: DisclosuresQuestion,
    contentType: 'text/csv',
    answer: z.instanceof(Uint8Array<ArrayBuffer>),
    handle: async ({ session, body, now }) => disclosures.csv(session, body.patient, now),
  }),
];
