import { z } from 'zod';
import {
  ActAsOffice,
  LARGEST_DOCUMENT,
  MakeLink,
  NewLink,
  NoteOfOffice,
  OfficeAnswer,
  OfficeNoteAnswer,
  type OfficePacketForm,
  OpenOffice,
  PostMessage,
  ReadAsOffice,
  ReadFileAsOffice,
} from '../client/office.ts';
import { Thread } from '../client/thread.ts';
import type { OfficeService } from '../services/office.ts';
import type { OfficeLinkService } from '../services/office-links.ts';
import type { WorklistService } from '../services/worklist.ts';
import { type ContentType, publicRoute, type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

const PACKETS: readonly { form: OfficePacketForm; path: string; contentType: ContentType; words: string }[] = [
  { form: 'pdf', path: '/office/packet', contentType: 'application/pdf', words: 'a PDF' },
  { form: 'ccda', path: '/office/packet/ccda', contentType: 'application/xml', words: 'a C-CDA referral note' },
  { form: 'fhir', path: '/office/packet/fhir', contentType: 'application/fhir+json', words: 'a FHIR document' },
];

export type OfficeRouteDeps = { office: OfficeService; links: OfficeLinkService; worklist: WorklistService };

export const officeRoutes = ({ office, links, worklist }: OfficeRouteDeps): Route[] => [
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/link',
    summary: 'Make a link for the specialist’s office; this is sending it. It is shown once.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: MakeLink,
    answer: NewLink,
    status: 201,
    handle: async ({ session, params, body, now }) => links.make(session, params.id, body.sequence, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/link/close',
    summary: 'Take back every link for the specialist’s office of this referral: none opens anything any more.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    answer: Thread,
    handle: async ({ session, params, now }) => links.close(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/messages',
    summary: 'Answer the specialist’s office in the thread of this referral.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: PostMessage,
    answer: Thread,
    handle: async ({ session, params, body, now }) => worklist.reply(session, params.id, body, now),
  }),
  publicRoute({
    method: 'post',
    path: '/office/open',
    summary: 'Open a link for a specialist’s office with the specialist’s NPI: five tries, an hour at a time.',
    limit: 'office',
    body: OpenOffice,
    answer: OfficeAnswer,
    handle: async ({ body, now }) => office.open(body, now),
  }),
  publicRoute({
    method: 'post',
    path: '/office/view',
    limit: 'office',
    summary: 'The referral as the office sees it, by what its link was opened to.',
    body: ReadAsOffice,
    answer: OfficeAnswer,
    handle: async ({ body, now }) => office.view(body.opened, now),
  }),
  publicRoute({
    method: 'post',
    path: '/office/acts',
    summary: 'Accept, decline, ask, offer dates, book, or say what became of the visit. The same key twice does it once.',
    body: ActAsOffice,
    limit: 'office',
    answer: OfficeAnswer,
    handle: async ({ body, now }) => office.act(body, now),
  }),
  publicRoute({
    method: 'post',
    path: '/office/notes',
    summary:
      'Give the note, a PDF as it is, with what the link was opened to as the bearer. The same key twice keeps it once. Answers with what became of it.',
    limit: 'office',
    query: NoteOfOffice,
    upload: { contentType: 'application/pdf', limit: LARGEST_DOCUMENT, admit: (opened, { now }) => office.admit(opened, now) },
    answer: OfficeNoteAnswer,
    handle: async ({ query, upload, now }) =>
      office.note({ ...query, opened: upload?.bearer ?? '', bytes: upload?.bytes ?? new Uint8Array() }, now),
  }),
  ...PACKETS.map(({ form, path, contentType, words }) =>
    publicRoute({
      method: 'post',
      path,
      limit: 'office',
      summary: `What the clinician approved, as ${words}.`,
      body: ReadAsOffice,
      contentType,
      answer: z.instanceof(Uint8Array<ArrayBuffer>),
      handle: async ({ body, now }) => office.packet(body.opened, form, now),
    }),
  ),
  publicRoute({
    method: 'post',
    path: '/office/packet/file',
    limit: 'office',
    summary: 'One image or document of the packet, as it came from the chart.',
    body: ReadFileAsOffice,
    // Whatever it is, nobody's browser opens it by itself.
    contentType: 'application/octet-stream',
    answer: z.instanceof(Uint8Array<ArrayBuffer>),
    handle: async ({ body, now }) => office.file(body.opened, body.sha256, now),
  }),
];
