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

const isPlaceholder = (text: string, plan: Pick<PlanInHand, 'steps'>): boolean =>
  plan.steps.some(({ name }) => text === `{{${name}}}` || text === `{{${name}:versioned}}`);

/** Names a step that is not done. */
const UNFILLED = Symbol('unfilled');

function filled(value: unknown, plan: Pick<PlanInHand, 'steps'>, key: string): unknown {
  if (typeof value === 'string') return key === 'reference' && isPlaceholder(value, plan) ? (fillText(value, plan) ?? UNFILLED) : value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => filled(item, plan, ''));
    return items.includes(UNFILLED) ? UNFILLED : items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => [name, filled(inner, plan, name)] as const);
    return entries.some(([, inner]) => inner === UNFILLED) ? UNFILLED : Object.fromEntries(entries);
  }
  return value;
}

/**
 * The references of a whole resource in place. Only where a reference stands and nothing else is in it: what people and EHRs write
 * may hold the same braces.
 */
export function fillResource<Value>(value: Value, plan: Pick<PlanInHand, 'steps'>): Value | undefined {
  const whole = filled(value, plan, '');
  return whole === UNFILLED ? undefined : (whole as Value);
}
