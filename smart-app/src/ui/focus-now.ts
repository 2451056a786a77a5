/** A ref that moves the focus to what the person has just asked for; in a text, to its end. */
export const focusNow = (element: HTMLElement | null): void => {
  element?.focus();
  if (element instanceof HTMLTextAreaElement) element.setSelectionRange(element.value.length, element.value.length);
};
