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
  const below = new URL(root).href;
  // A search of the whole system, and the pages of HAPI FHIR, are `{base}?…` without a slash.
  const isBase = url.href.startsWith(`${below.slice(0, -1)}?`);
  return isBase || url.href.startsWith(below) ? url.href : undefined;
}
