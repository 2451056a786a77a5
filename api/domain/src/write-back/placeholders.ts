/** `{{Step}}` and `{{Step:versioned}}` in an approved plan stand for what an earlier step wrote. */
import type { PlanInHand } from './plan-in-hand.ts';

const PLACEHOLDER = /\{\{([A-Za-z]+)(:versioned)?\}\}/g;

/** @returns the text with references in place, or undefined when a step it names is not done */
export function fillText(text: string, plan: Pick<PlanInHand, 'steps'>): string | undefined {
  let complete = true;
  const filled = text.replace(PLACEHOLDER, (_whole, name: string, versioned: string | undefined) => {
    const outcome = plan.steps.find((step) => step.name === name)?.outcome;
    if (outcome?.status !== 'done') {
      complete = false;
      return '';
    }
    return versioned && outcome.versionId ? `${outcome.reference}/_history/${outcome.versionId}` : outcome.reference;
  });
  return complete ? filled : undefined;
}

/** The same for a whole resource; every string in it is looked at. */
export function fillResource<Value>(value: Value, plan: Pick<PlanInHand, 'steps'>): Value | undefined {
  if (typeof value === 'string') return fillText(value, plan) as Value | undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => fillResource(item, plan));
    return items.includes(undefined) ? undefined : (items as Value);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => [key, fillResource(inner, plan)] as const);
    return entries.some(([, inner]) => inner === undefined) ? undefined : (Object.fromEntries(entries) as Value);
  }
  return value;
}
