export const logit = (share: number): number => Math.log(share / (1 - share));

/** Without overflow at either end. */
export const fromLogit = (value: number): number => (value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value)));

/** log(1 / (1 + exp(-value))), without loss where the value is far below zero. */
export const logOfShare = (value: number): number => (value >= 0 ? -Math.log1p(Math.exp(-value)) : value - Math.log1p(Math.exp(value)));
