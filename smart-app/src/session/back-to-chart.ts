/** Tells the EHR's page around the frame that Refloop is finished; the EHR decides what to do with it. */

/**
 * The page around the frame is often the launcher's, of another origin than the FHIR server. The site entry lists who may frame
 * Refloop (frame-ancestors), and the message says nothing of the patient.
 * @param iss FHIR base of the launch: its origin is told where the browser does not say who frames the page
 */
export function backToChart(iss: string): void {
  if (window.parent === window) {
    window.close();
    return;
  }
  // Not every browser has ancestorOrigins, whatever the types say.
  const ancestors: DOMStringList | undefined = window.location.ancestorOrigins;
  window.parent.postMessage({ type: 'refloop:done' }, ancestors?.[0] ?? new URL(iss).origin);
}
