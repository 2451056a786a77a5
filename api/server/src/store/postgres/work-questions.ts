import type { WorkQuestionStore } from '../work-questions.ts';
import { key, type UnitContext } from './context.ts';

export const postgresWorkQuestions = (unit: UnitContext): WorkQuestionStore => ({
  ask: async ({ subject, referralId, askedAt }, notSince) => {
    const asked = await unit.client.query(
      `insert into work_question (tenant, issuer, site, subject, referral_id, asked_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant, issuer, subject) do update
       set referral_id = excluded.referral_id, asked_at = excluded.asked_at, answered_at = null
       where work_question.asked_at <= $7`,
      [...key(unit), unit.scope.site, subject, referralId, askedAt, notSince],
    );
    return asked.rowCount === 1;
  },
  answer: async ({ subject, referralId }, at) => {
    const answered = await unit.client.query(
      `update work_question set answered_at = $5
       where tenant = $1 and issuer = $2 and subject = $3 and referral_id = $4 and answered_at is null`,
      [...key(unit), subject, referralId, at],
    );
    return answered.rowCount === 1;
  },
});
