import { z } from 'zod';
import { Approve, AttemptStep, JudgeCandidates, Plan, ReportStep, StepName, TakeLease, WithdrawApproval } from '../client/approval.ts';
import type { ApprovalService } from '../services/approvals.ts';
import type { PlanService } from '../services/plans.ts';
import { patientRoute, type Route } from './route.ts';

const Id = z.object({ id: z.string().max(40) });
const Step = Id.extend({ step: StepName });

export const approvalRoutes = ({ approvals, plans }: { approvals: ApprovalService; plans: PlanService }): Route[] => [
  patientRoute({
    method: 'post',
    path: '/approvals',
    summary: 'Approve this version of the order with this specialist and this note; answers with the writes to carry out.',
    roles: ['clinician'],
    body: Approve,
    answer: Plan,
    status: 201,
    bodyLimit: 1024 * 1024,
    handle: async ({ session, body, now }) => approvals.approve(session, body, now),
  }),
  patientRoute({
    method: 'get',
    path: '/plans/:id',
    summary: 'A write-back and what became of each step.',
    roles: ['clinician'],
    params: Id,
    answer: Plan,
    handle: async ({ session, params, now }) => plans.get(session, params.id, now),
  }),
  patientRoute({
    method: 'get',
    path: '/plans/:id/packet',
    summary: 'The approved referral as a PDF, to attach or send by hand; recorded as an export for treatment.',
    roles: ['clinician'],
    params: Id,
    answer: z.instanceof(Uint8Array),
    contentType: 'application/pdf',
    handle: async ({ session, params, now }) => plans.packet(session, params.id, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/lease',
    summary: 'Become the one window that carries the write-back out, for a minute.',
    roles: ['clinician'],
    params: Id,
    body: TakeLease,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.takeLease(session, params.id, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/lease/return',
    summary: 'Give the write-back back before the minute is over; does nothing where another window has it.',
    roles: ['clinician'],
    params: Id,
    body: TakeLease,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.giveBack(session, params.id, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/withdrawal',
    summary: 'Take the approval back while nothing of the order is in the chart; the order can then be referred anew.',
    roles: ['clinician'],
    params: Id,
    body: WithdrawApproval,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.withdraw(session, params.id, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/steps/:step/attempt',
    summary: 'Put on record that a write of this step is about to leave, and renew the lease; without it nothing may be sent.',
    roles: ['clinician'],
    params: Step,
    body: AttemptStep,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.attempt(session, params.id, params.step, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/steps/:step/judgement',
    summary: 'Say which of the entries found is what Refloop wrote, or that none of them is.',
    roles: ['clinician'],
    params: Step,
    body: JudgeCandidates,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.judge(session, params.id, params.step, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/plans/:id/steps/:step',
    summary: 'Report what became of one step; renews the lease.',
    roles: ['clinician'],
    params: Step,
    body: ReportStep,
    answer: Plan,
    handle: async ({ session, params, body, now }) => plans.report(session, params.id, params.step, body, now),
  }),
];
