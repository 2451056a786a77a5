/** Who gave or took away a role or a delegation, as the page of access names them. */
import type { Grant } from '@refloop/server/client/admin';

/** By name where the list of roles has one; what stands there from the first start comes from the sites file. */
export const giverWords = (subject: string, grants: readonly Pick<Grant, 'subject' | 'name'>[]): string =>
  subject === 'sites' ? 'the sites file' : (grants.find((grant) => grant.subject === subject)?.name ?? subject);
