/** A ref that moves the focus to what the person has just asked for. */
export const focusNow = (element: HTMLElement | null): void => element?.focus();
