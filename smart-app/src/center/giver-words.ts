/** Who gave or took away a role or a delegation, as the page of access names them. */
import type { Grant } from '@refloop/server/client/admin';

const GIVERS: Readonly<Record<string, string>> = { sites: 'the sites file', 'simulated-practice': 'the simulated practice' };

/** By name where the list of roles has one; what stands there from the first start comes from the sites file. */
export const giverWords = (subject: string, grants: readonly Pick<Grant, 'subject' | 'name'>[]): string =>
  GIVERS[subject] ?? grants.find((grant) => grant.subject === subject)?.name ?? subject;
