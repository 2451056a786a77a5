import { z } from 'zod';
import { ActRequest } from '../client/acts.ts';
import { DecideEffect, Thread } from '../client/thread.ts';
import {
  AskNext,
  AssignAnswer,
  AssignRequest,
  NextPerformers,
  WorklistAnswer,
  WorklistExportQuestion,
  WorklistQuery,
} from '../client/worklist.ts';
import type { EffectDecisionService } from '../services/effect-decisions.ts';
import type { NextPerformerService } from '../services/next-performer.ts';
import type { WorklistService } from '../services/worklist.ts';
import type { WorklistExportService } from '../services/worklist-export.ts';
import { type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

export type WorklistRouteDeps = {
  worklist: WorklistService;
  next: NextPerformerService;
  effects: EffectDecisionService;
  exports: WorklistExportService;
};

export const worklistRoutes = ({ worklist, next, effects, exports }: WorklistRouteDeps): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/worklist',
    summary:
      'Everything that is open: what is next, who waits on whom, whose it is and by when. With `since`, what has changed; a long list comes in parts, the next one with `after`.',
    roles: ['clinician', 'coordinator', 'lead'],
    query: WorklistQuery,
    answer: WorklistAnswer,
    compressed: true,
    handle: async ({ session, query, now }) => worklist.list(session, query, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/worklist/referrals/:id',
    summary: 'One referral as a thread of all parties, with what may be put on record now.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    answer: Thread,
    handle: async ({ session, params, now }) => worklist.thread(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/acts',
    summary: 'Put on record what was done, or told by telephone or on paper. The same key twice does it once.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: ActRequest,
    answer: Thread,
    handle: async ({ session, params, body, now }) => worklist.act(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/worklist/referrals/:id/next-performers',
    summary: 'Who can be asked next, or proposed: in network, as the directory has them now, nobody who was asked or refused before.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    answer: NextPerformers,
    handle: async ({ session, params, now }) => next.list(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/next-performers',
    summary:
      'Ask another specialist whom the clinician approved: the next attempt begins. Anybody else of the list is proposed to the clinician.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: AskNext,
    answer: Thread,
    handle: async ({ session, params, body, now }) => next.ask(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/export',
    summary: 'The lines that are shown as a CSV file, in their order. Who asked, and what for, is put on record.',
    roles: ['clinician', 'coordinator', 'lead'],
    body: WorklistExportQuestion,
    answer: z.instanceof(Uint8Array),
    contentType: 'text/csv',
    bodyLimit: 2 * 1024 * 1024,
    handle: async ({ session, body, now }) => exports.file(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/effects',
    summary: 'Say what became of something that was perhaps sent or was not: it was sent, send it again, or done in another way.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: Id,
    body: DecideEffect,
    answer: Thread,
    handle: async ({ session, params, body, now }) => effects.decide(session, params.id, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/worklist/assignment',
    summary:
      'Take referrals, or hand them to another coordinator or lead. Answers of each whose it was, to give it back, or why it stays as it is.',
    roles: ['coordinator', 'lead'],
    body: AssignRequest,
    answer: AssignAnswer,
    handle: async ({ session, body, now }) => worklist.assign(session, body, now),
  }),
];
