/** Whether a PostgreSQL URL may carry patients' data: on this machine, or by TLS that checks whose certificate it is. */
import { isIP } from 'node:net';
import pg from 'pg';

const isHere = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** As the driver holds it; words that it knows none of the meaning of stay words. */
type Tls = boolean | string | { rejectUnauthorized?: boolean; checkServerIdentity?: unknown };

/** TLS that ends at nobody in particular protects from nobody in particular: both the authority and the name have to be checked. */
function checksCertificate(tls: Tls): boolean {
  if (typeof tls === 'object') return tls.rejectUnauthorized !== false && tls.checkServerIdentity === undefined;
  return tls === true;
}

/**
 * Why this URL is not safe enough for production; undefined where it is. The driver is asked what it makes of the URL, since what an
 * `sslmode` means differs: pg 8 checks the certificate for `require` and `verify-ca` as for `verify-full`, unless the URL says
 * `uselibpqcompat=true`, and has announced to follow libpq, which does not, from version 9.
 */
export function databaseUrlFault(url: string): string | undefined {
  let client: pg.Client;
  try {
    // Nothing is connected: the driver reads the URL, and the certificate files that it names.
    client = new pg.Client({ connectionString: url });
  } catch {
    return 'It cannot be read, or names a certificate file that cannot be';
  }
  const { host, ssl } = client as unknown as { host: string; ssl: Tls };
  return isHere(host) || checksCertificate(ssl) ? undefined : 'PostgreSQL on another machine without TLS that checks its certificate';
}
