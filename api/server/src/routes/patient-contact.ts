import { z } from 'zod';
import { ChangeProxies, PatientContactView, TellContact } from '../client/patient-contact.ts';
import type { PatientContactService } from '../services/patient/patient-contact.ts';
import { type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

export const patientContactRoutes = ({ contacts }: { contacts: PatientContactService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/worklist/referrals/:id/patient-contact',
    summary: 'How the patient is reached: number, language, preferred way, consent with since when and by whom, and who may act for them.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    answer: PatientContactView,
    handle: async ({ session, params, now }) => contacts.read(session, params.id, now),
  }),
  sessionRoute({
    method: 'put',
    path: '/worklist/referrals/:id/patient-contact',
    summary:
      'Put on record what the patient told of how they are reached, on the telephone or in person. The same key twice does it once. What the patient ended only the patient begins again.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: TellContact,
    answer: PatientContactView,
    handle: async ({ session, params, body, now }) => contacts.tell(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/patient-contact/proxies',
    summary: 'Put on record who acts for the patient, or take them off it. The same key twice does it once.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: ChangeProxies,
    answer: PatientContactView,
    handle: async ({ session, params, body, now }) => contacts.changeProxies(session, params.id, body, now),
  }),
];
