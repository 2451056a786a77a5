/** Where an export's status and files may be asked for, and by what right. */

/**
 * - `refused`: not at all
 * - `open`: without the token
 * - `signed-in`: with the token
 */
export type Right = 'refused' | 'open' | 'signed-in';

export type BulkHosts = {
  /** Of everything but files: the EHR's own host, signed in. */
  rightTo: (url: string) => Right;
  /** @param requiresAccessToken as the manifest has it; undefined where it does not say */
  rightToFile: (url: string, requiresAccessToken: boolean | undefined) => Right;
};

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

/**
 * Files may lie on another host than the FHIR base, such as a store of objects with addresses that are signed, where a token would only be
 * given away: it goes along where the manifest asks for it (`requiresAccessToken`), and to no host but the EHR's and those that the site names.
 * See: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status
 * @param base the FHIR base
 * @param fileOrigins exact https origins at which the site lets files lie
 */
export function bulkHosts(base: string, fileOrigins: readonly string[]): BulkHosts {
  const own = originOf(base);
  const isOwn = (url: string): boolean => own !== undefined && originOf(url) === own;
  return {
    rightTo: (url) => (isOwn(url) ? 'signed-in' : 'refused'),
    rightToFile: (url, requiresAccessToken) => {
      if (isOwn(url)) return requiresAccessToken === false ? 'open' : 'signed-in';
      const origin = originOf(url);
      if (origin === undefined || !origin.startsWith('https://') || !fileOrigins.includes(origin)) return 'refused';
      return requiresAccessToken === true ? 'signed-in' : 'open';
    },
  };
}
