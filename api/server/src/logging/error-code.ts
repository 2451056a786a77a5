/** A database's error code is five letters or digits, Node's is upper-case words; anything else is left out. Of an error or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code)) return code;
  return cause === undefined ? undefined : codeOf(cause);
}
