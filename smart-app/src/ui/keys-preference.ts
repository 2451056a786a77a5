/** Whether single keys work (WCAG 2.1.4): a preference of this browser, no data of a patient. */
const PREFERENCE = 'refloop.single-keys';

export function readKeysOn(): boolean {
  try {
    return localStorage.getItem(PREFERENCE) !== 'off';
  } catch {
    return true;
  }
}

export function keepKeysOn(on: boolean): void {
  try {
    localStorage.setItem(PREFERENCE, on ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
