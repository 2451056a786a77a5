import { z } from 'zod';
import { AlertsAnswer, NewAlertRule } from '../client/alerts.ts';
import type { AlertService } from '../services/alerts.ts';
import { type Route, sessionRoute } from './route.ts';

const Id = z.object({ id: z.string().min(1).max(60) });

export const alertRoutes = ({ alerts }: { alerts: AlertService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights/alerts',
    summary: 'Which numbers are told to whom beyond which threshold, and which are told now.',
    roles: ['coordinator', 'lead'],
    answer: AlertsAnswer,
    handle: async ({ session }) => alerts.list(session),
  }),
  sessionRoute({
    method: 'post',
    path: '/insights/alert-rules',
    summary: 'Have a number shown to its owner once its whole interval lies beyond the threshold.',
    roles: ['lead'],
    body: NewAlertRule,
    answer: AlertsAnswer,
    status: 201,
    handle: async ({ session, body, now }) => alerts.addRule(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/insights/alert-rules/:id/end',
    summary: 'End a rule, and the alert that it has open.',
    roles: ['lead'],
    params: Id,
    answer: AlertsAnswer,
    handle: async ({ session, params, now }) => alerts.endRule(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/insights/alerts/:id/acknowledgement',
    summary: 'Say that an alert is seen and taken care of; it stays until the number is back.',
    roles: ['coordinator', 'lead'],
    params: Id,
    answer: AlertsAnswer,
    handle: async ({ session, params, now }) => alerts.acknowledge(session, params.id, now),
  }),
];
