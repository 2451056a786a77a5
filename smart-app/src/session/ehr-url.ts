/** Which address may see the clinician's token: only the EHR that issued it, below its FHIR base. */

/**
 * @param base FHIR base of the launch
 * @param path a relative FHIR address, or an absolute one (a next-page link)
 * @returns the absolute address, or undefined when it would leave the FHIR base
 */
export function ehrUrl(base: string, path: string): string | undefined {
  const root = base.endsWith('/') ? base : `${base}/`;
  let url: URL;
  try {
    // A leading slash would leave the FHIR base, two would leave the host.
    url = new URL(path, root);
  } catch {
    return undefined;
  }
  if (url.username || url.password || url.hash) return undefined;
  if (!url.href.startsWith(new URL(root).href)) return undefined;
  return url.href;
}
