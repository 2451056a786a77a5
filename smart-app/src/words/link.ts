/** 32 bytes, base64url, behind the `#` of a page that a link opens; undefined where it is none. */
export function linkOf(hash: string): string | undefined {
  const link = hash.replace(/^#/, '');
  return /^[A-Za-z0-9_-]{43}$/.test(link) ? link : undefined;
}
