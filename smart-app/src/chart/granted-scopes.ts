/** What the granted scopes allow (SMART v2 `cruds`, and v1 `.read`, `.write`, `.*` as some EHRs still grant). */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** @param scopes the scopes of the token response, never those that were asked for */
export function grants(scopes: readonly string[], type: string, interaction: Interaction): boolean {
  return scopes.some((scope) => {
    const found = /^(patient|user)\/([A-Za-z*]+)\.([a-z*]+)(\?.*)?$/.exec(scope);
    if (!found) return false;
    const [, , grantedType, letters = ''] = found;
    if (grantedType !== '*' && grantedType !== type) return false;
    return (V1[letters] ?? letters).includes(interaction);
  });
}
