/** Tells the EHR's page around the frame that Refloop is finished; the EHR decides what to do with it. */

/** @param iss FHIR base of the launch: the message goes to its origin and to nobody else */
export function backToChart(iss: string): void {
  if (window.parent !== window) window.parent.postMessage({ type: 'refloop:done' }, new URL(iss).origin);
  else window.close();
}
