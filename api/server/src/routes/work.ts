import { z } from 'zod';
import { NoteReading } from '../client/inbound.ts';
import { OwnReferralsAnswer, OwnReferralsQuery } from '../client/own-referrals.ts';
import {
  MyWork,
  ProposalAnswer,
  ProposalRequest,
  ReviewAnswer,
  ReviewRequest,
  SettleByHand,
  UnlinkAnswer,
  UnlinkRequest,
  WorkAnswer,
} from '../client/work.ts';
import type { OwnReferralsService } from '../services/own-referrals.ts';
import type { ProposalService } from '../services/proposals.ts';
import type { ReviewService } from '../services/reviews.ts';
import type { WorkService } from '../services/work.ts';
import type { WorkQuestionService } from '../services/work-question.ts';
import { type Route, sessionRoute } from './route.ts';

export const workRoutes = ({
  work,
  ownReferrals,
  proposals,
  reviews,
  workQuestions,
}: {
  work: WorkService;
  ownReferrals: OwnReferralsService;
  proposals: ProposalService;
  reviews: ReviewService;
  workQuestions: WorkQuestionService;
}): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/work',
    summary: 'What waits for this person across patients: to sign, to finish writing, handed over.',
    roles: ['clinician', 'preparer'],
    answer: MyWork,
    handle: async ({ session, now }) => work.list(session, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/work/referrals',
    summary:
      'What became of one’s own referrals: those that go on and those that ended in the last 30 days, what moved last first. 20 at a time, the next ones with `after`.',
    roles: ['clinician'],
    query: OwnReferralsQuery,
    answer: OwnReferralsAnswer,
    handle: async ({ session, query, now }) => ownReferrals.list(session, query, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/work/documents/:id',
    summary: 'A note that came back, byte by byte as it came and whatever it is: a download that no browser shows as a page.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: z.object({ id: z.string().min(1).max(60) }),
    answer: z.instanceof(Uint8Array),
    contentType: 'application/octet-stream',
    handle: async ({ session, params, now }) => reviews.document(session, params.id, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/work/documents/:id/reading',
    summary: 'What was read of a note: whom it names, its text, and what matters most in it as spans of that text.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: z.object({ id: z.string().min(1).max(60) }),
    answer: NoteReading,
    handle: async ({ session, params, now }) => reviews.reading(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/proposals',
    summary: 'Approve a further specialist whom a coordinator proposed, who is asked from then on, or refuse them with a reason.',
    roles: ['clinician'],
    body: ProposalRequest,
    answer: ProposalAnswer,
    handle: async ({ session, body, now }) => proposals.answer(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/reviews',
    summary: 'Say that a note that came back was read. Of a final one, for a patient who was seen, this closes the loop.',
    roles: ['clinician'],
    body: ReviewRequest,
    answer: ReviewAnswer,
    handle: async ({ session, body, now }) => reviews.review(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/reviews/unlinking',
    summary: 'Say that a note is of another patient or another referral: it is taken off, and what rested on it is open again.',
    roles: ['clinician'],
    body: UnlinkRequest,
    answer: UnlinkAnswer,
    handle: async ({ session, body, now }) => reviews.unlink(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/answers',
    summary: 'Say how easy referring with Refloop is, where one was asked after a review. Counted with others’, told of nobody.',
    roles: ['clinician'],
    body: WorkAnswer,
    answer: z.object({ taken: z.literal(true) }),
    handle: async ({ session, body, now }) => workQuestions.answer(session, body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/:plan/settlement',
    summary: 'Say that the order, which this EHR does not take from Refloop, was placed there by hand. It is in force from then on.',
    roles: ['clinician'],
    params: z.object({ plan: z.string().max(40) }),
    body: SettleByHand,
    answer: z.object({ settled: z.literal(true) }),
    handle: async ({ session, params, body, now }) => work.settleByHand(session, params.plan, body, now),
  }),
];
