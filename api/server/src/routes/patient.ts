import { z } from 'zod';
import { ActAsPatient, NewPatientLink, OpenPatient, PatientAnswer, ReadAsPatient, TextAnswer } from '../client/patient.ts';
import type { IncomingTextService } from '../services/patient/incoming-texts.ts';
import type { MailStopService } from '../services/patient/mail-stops.ts';
import type { PatientLinkService } from '../services/patient/patient-links.ts';
import type { PatientPageService } from '../services/patient/patient-page.ts';
import { publicRoute, type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

export type PatientRouteDeps = {
  page: PatientPageService;
  links: PatientLinkService;
  texts: IncomingTextService;
  mailStops: MailStopService;
};

export const patientPageRoutes = ({ page, links, texts, mailStops }: PatientRouteDeps): Route[] => [
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/patient-link',
    summary: 'Make a link for the patient, in place of those before. It is shown once.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    answer: NewPatientLink,
    status: 201,
    handle: async ({ session, params, now }) => links.make(session, params.id, now),
  }),
  publicRoute({
    method: 'post',
    path: '/patient/open',
    summary: 'Open a patient’s link with the date of birth: five tries, an hour at a time.',
    limit: 'patient',
    body: OpenPatient,
    answer: PatientAnswer,
    handle: async ({ body, now }) => page.open(body, now),
  }),
  publicRoute({
    method: 'post',
    path: '/patient/view',
    summary: 'The referral as the patient sees it, by what their link was opened to.',
    limit: 'patient',
    body: ReadAsPatient,
    answer: PatientAnswer,
    handle: async ({ body, now }) => page.view(body.opened, now),
  }),
  publicRoute({
    method: 'post',
    path: '/patient/acts',
    summary:
      'Book, cancel, ask for another date, choose another of the approved specialists, decline, say that one was seen or how it was, begin or end messages. The same key twice does it once.',
    limit: 'patient',
    body: ActAsPatient,
    answer: PatientAnswer,
    handle: async ({ body, now }) => page.act(body, now),
  }),
  publicRoute({
    method: 'post',
    path: '/patient/mail-stops/:stop',
    summary: 'End e-mails to where one came from, by the button of the mailbox (RFC 8058). What stands in the body is not read.',
    limit: 'patient',
    params: z.object({ stop: z.string().regex(/^[0-9a-f]{64}$/) }),
    handle: async ({ params, now }) => mailStops.end(params.stop, now),
  }),
  publicRoute({
    method: 'post',
    path: '/text-messages',
    summary:
      'A text message of a patient, from the gateway of a site: {id, from, text} as JSON, signed in X-Refloop-Signature. Answers what is sent back.',
    // Who sent it is proven by the signature over the bytes, so that they are read first.
    upload: { contentType: 'application/json', limit: 16 * 1024, admit: async () => undefined },
    answer: TextAnswer,
    handle: async ({ upload, now, machineTime }) =>
      texts.receive(upload?.signature ?? '', upload?.bytes ?? new Uint8Array(), now, machineTime),
  }),
];
