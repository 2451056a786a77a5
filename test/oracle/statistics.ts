/** The statistics of the warehouse once more, from the textbook and one step at a time. */

const Z = 1.959963984540054;

export type Interval = { value: number; low: number; high: number };

/** Wilson 1927: the two roots of (p - k/n)² = z² p (1 - p) / n. */
export const wilson = (k: number, n: number): Interval | null => scoreInterval(k, n, Z);

/** Goodman 1965: Wilson's, at the level of one of so many categories. */
export const goodman = (k: number, n: number, categories: number): Interval | null => scoreInterval(k, n, criticalValue(categories));

/** The point beyond which 0.05 / (2 × categories) of the normal distribution lies, by halving. */
function criticalValue(categories: number): number {
  const known = CRITICAL.get(categories);
  if (known !== undefined) return known;
  const tail = 0.05 / (2 * categories);
  let [low, high] = [0, 10];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (tailBeyond(middle) > tail) low = middle;
    else high = middle;
  }
  CRITICAL.set(categories, low);
  return low;
}
const CRITICAL = new Map<number, number>();

/** The normal distribution's tail beyond x > 0, by the continued fraction of Laplace: density / (x + 1/(x + 2/(x + 3/…))). */
function tailBeyond(x: number): number {
  let fraction = x;
  for (let step = 400; step > 0; step -= 1) fraction = x + step / fraction;
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

function scoreInterval(k: number, n: number, z: number): Interval | null {
  if (n === 0) return null;
  const p = k / n;
  const [a, b, c] = [1 + (z * z) / n, -(2 * p + (z * z) / n), p * p];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return { value: p, low: k === 0 ? 0 : (-b - root) / (2 * a), high: k === n ? 1 : (-b + root) / (2 * a) };
}

/** Student's interval of a mean of five or more that cannot be negative; t by the expansion of Cornish and Fisher, each term of its own. */
export function meanInterval(values: readonly number[]): Interval | { value: null; low: null; high: null } {
  const n = values.length;
  if (n < 5) return { value: null, low: null, high: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value: mean, low: Math.max(0, mean - half), high: mean + half };
}

function studentQuantile(degrees: number): number {
  const powers = [1, 3, 5, 7, 9].map((power) => Z ** power);
  const terms: [number[], number][] = [
    [[1, 1], 4],
    [[3, 16, 5], 96],
    [[-15, 17, 19, 3], 384],
    [[-945, -1920, 1482, 776, 79], 92_160],
  ];
  return terms.reduce(
    (sum, [factors, divisor], order) =>
      sum + factors.reduce((all, factor, at) => all + factor * (powers[at] ?? 0), 0) / divisor / degrees ** (order + 1),
    Z,
  );
}

export type Duration = { day: number; outcome: 'arrived' | 'lost' | 'censored' };

export type LifeDay = {
  day: number;
  atRisk: number;
  events: number;
  competing: number;
  censored: number;
  incidence: Interval;
  kaplanMeier: Interval;
};

const NEAR = 1e-12;

export function lifeTable(durations: readonly Duration[]): LifeDay[] {
  const days = [...new Set(durations.map(({ day }) => day))].sort((left, right) => left - right);
  const counted = days.map((day) => {
    const on = durations.filter((each) => each.day === day);
    const count = (outcome: Duration['outcome']): number => on.filter((each) => each.outcome === outcome).length;
    const atRisk = durations.filter((each) => each.day >= day).length;
    return { day, atRisk, events: count('arrived'), competing: count('lost'), censored: count('censored') };
  });
  let [s, staying, f, greenwood] = [1, 1, 0, 0];
  const steps: { n: number; events: number; left: number; stayingBefore: number; f: number }[] = [];
  let [kaplanLow, incidenceLow] = [0, 0];
  return counted.map((day) => {
    const { atRisk: n, events, competing } = day;
    const left = events + competing;
    const stayingBefore = staying;
    s *= 1 - events / n;
    f += (stayingBefore * events) / n;
    staying *= 1 - left / n;
    if (events < n) greenwood += events / (n * (n - events));
    steps.push({ n, events, left, stayingBefore, f });
    const kaplanMeier = kaplanInterval(s, greenwood, kaplanLow);
    const incidence = incidenceInterval(f, incidenceVariance(f, steps), incidenceLow);
    [kaplanLow, incidenceLow] = [kaplanMeier.low, incidence.low];
    return { ...day, incidence, kaplanMeier };
  });
}

/** Marubini and Valsecchi 1995, the sum as it stands in the book. */
function incidenceVariance(
  f: number,
  steps: readonly { n: number; events: number; left: number; stayingBefore: number; f: number }[],
): number {
  let sum = 0;
  for (const step of steps) {
    const { n, events, left, stayingBefore } = step;
    const behind = f - step.f;
    if (left < n) sum += (behind * behind * left) / (n * (n - left));
    sum += stayingBefore * stayingBefore * ((n - events) / n) * (events / (n * n));
    sum -= 2 * behind * stayingBefore * (events / (n * n));
  }
  return Math.max(0, sum);
}

function kaplanInterval(s: number, greenwood: number, lowBefore: number): Interval {
  const value = 1 - s;
  if (s < NEAR) return { value, low: lowBefore, high: 1 };
  if (s > 1 - NEAR) return { value, low: 0, high: 0 };
  const spread = (Z * Math.sqrt(greenwood)) / Math.abs(Math.log(s));
  return { value, low: 1 - s ** Math.exp(-spread), high: 1 - s ** Math.exp(spread) };
}

function incidenceInterval(f: number, variance: number, lowBefore: number): Interval {
  if (f > 1 - NEAR) return { value: f, low: lowBefore, high: 1 };
  if (f < NEAR) return { value: f, low: 0, high: 0 };
  const spread = (Z * Math.sqrt(variance)) / (f * Math.abs(Math.log(f)));
  return { value: f, low: f ** Math.exp(spread), high: f ** Math.exp(-spread) };
}

/** The first day on which a curve is at one half or above. */
export const reachesHalf = (table: readonly LifeDay[], curve: (day: LifeDay) => number): number | null =>
  table.find((day) => curve(day) >= 0.5 - NEAR)?.day ?? null;
