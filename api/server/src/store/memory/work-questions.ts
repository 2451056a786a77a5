import type { WorkQuestionStore } from '../work-questions.ts';
import type { MemoryContext } from './context.ts';

export const memoryWorkQuestions = (unit: MemoryContext): WorkQuestionStore => {
  const table = unit.tables.workQuestions;
  return {
    ask: async (question, notSince) => {
      const last = table.get(question.subject);
      if (last && last.askedAt > notSince) return false;
      table.put(question.subject, { ...question, answeredAt: null });
      return true;
    },
    answer: async ({ subject, referralId }, at) => {
      const asked = table.get(subject);
      if (asked?.referralId !== referralId || asked.answeredAt !== null) return false;
      table.put(subject, { ...asked, answeredAt: at });
      return true;
    },
  };
};
