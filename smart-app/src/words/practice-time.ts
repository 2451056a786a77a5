/**
 * What time it is in the practice. It is this machine's clock, but where the server says that the sandbox's was moved: then each of its answers
 * tells the time, and pages follow. How long something takes, and when a session ends, goes by the machine's clock all the same.
 */
let aheadMilliseconds = 0;

/** @param told the header `refloop-time` of an answer; null where the practice goes by the clock of its machines */
export function hearTime(told: string | null): void {
  const at = told === null ? Number.NaN : Date.parse(told);
  if (!Number.isNaN(at)) aheadMilliseconds = at - Date.now();
}

export const practiceTime = (): Date => new Date(Date.now() + aheadMilliseconds);
