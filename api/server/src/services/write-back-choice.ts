/**
 * The rung a launch reports, judged again: the server runs the same function over what the app says the EHR offers and
 * granted, refuses another answer, and keeps its own words for why the higher rungs were not possible.
 */
import { chooseRung, misfit, sameChoice } from '@refloop/domain/write-back/rung';
import type { MakeRecommendation, WriteBack } from '../client/recommendation.ts';
import { problem, type Refusal } from '../problem.ts';

/** What the launch found possible must hang together, or the plan could not be carried out. */
export function judgedWriteBack({ writeBack, order }: Pick<MakeRecommendation, 'writeBack' | 'order'>): WriteBack | Refusal {
  const bad = (field: string, message: string, fix: string): Refusal =>
    problem('invalid-request', 'The write-back cannot be planned as asked.', [{ field: `writeBack.${field}`, message, fix }]);
  const { rung, steps, basis } = writeBack;
  if (rung === 1 && order === null)
    return bad('rung', 'Rung 1 updates the launched order, and none was sent', 'Send the order or use rung 2.');
  const unfit = misfit(rung, steps);
  if (unfit) return bad('steps', unfit.message, unfit.fix);
  if (basis === undefined) return writeBack;
  if ((basis.launchedOrder === 'with-version') !== (order !== null)) {
    return bad(
      'basis.launchedOrder',
      order === null
        ? 'An order with a version is said to be launched, and none was sent'
        : 'An order was sent, and none is said to be launched',
      'Send the launched order with its version, or say that there is none.',
    );
  }
  const choice = chooseRung(basis);
  if (!sameChoice(choice, writeBack)) {
    return bad(
      'rung',
      `By what this EHR offers and granted it is rung ${choice.rung} with ${choice.steps.join(', ') || 'no steps'}`,
      'Send that rung and those steps, or say what the EHR offers as it is.',
    );
  }
  return { ...choice, basis };
}
