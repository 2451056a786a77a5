import type { WorkQuestionStore } from '../work-questions.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryWorkQuestions = (unit: MemoryContext): WorkQuestionStore => {
  const table = unit.tables.workQuestions;
  return {
    ask: async (question, notSince) => {
      const last = table.get(keyIn(unit, question.subject));
      if (last && last.askedAt > notSince) return false;
      table.put(keyIn(unit, question.subject), { ...question, answeredAt: null });
      return true;
    },
    answer: async ({ subject, referralId }, at) => {
      const asked = table.get(keyIn(unit, subject));
      if (asked?.referralId !== referralId || asked.answeredAt !== null) return false;
      table.put(keyIn(unit, subject), { ...asked, answeredAt: at });
      return true;
    },
  };
};
