/**
 * Headers of every response. The policy is built from the site entries: who may frame Refloop, which EHRs the app talks to.
 * X-Frame-Options is left out, since it cannot name an EHR; frame-ancestors can.
 */
import type { Site } from './sites.ts';

/** Origins the app in the browser must reach at this EHR: its FHIR base, and its token endpoint when that is elsewhere. */
export const connectOrigins = (sites: Site[], tokenOrigins: Iterable<string>): string[] => [
  ...new Set([...sites.map((site) => new URL(site.iss).origin), ...tokenOrigins]),
];

/** The Content-Security-Policy for one response. */
export function contentSecurityPolicy(sites: Site[], nonce: string, tokenOrigins: Iterable<string>): string {
  const ancestors = [...new Set(sites.flatMap((site) => site.embed))];
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    `connect-src ${["'self'", ...connectOrigins(sites, tokenOrigins)].join(' ')}`,
    `frame-ancestors ${ancestors.length === 0 ? "'none'" : ancestors.join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

/** Makes the headers for a response with this nonce. */
export const securityHeaders =
  (sites: Site[], tokenOrigins: () => Iterable<string>, production: boolean) =>
  (nonce: string): [string, string][] => [
    ['content-security-policy', contentSecurityPolicy(sites, nonce, tokenOrigins())],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
    ...(production ? ([['strict-transport-security', 'max-age=63072000; includeSubDomains']] as [string, string][]) : []),
  ];
