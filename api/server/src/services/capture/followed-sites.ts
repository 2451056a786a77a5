/** Where a look at the EHR can find anything: what others do there is found by the orders that are followed, and until the first referral there are none. */
import { type Site, scopeOf } from '../../sites.ts';
import type { Store } from '../../store/store.ts';

/** Once a site has a referral it always has: it is not asked about again. */
export function createFollowedSites(store: Store): (site: Site) => Promise<boolean> {
  const followed = new Set<string>();
  return async (site) => {
    if (followed.has(site.iss)) return true;
    const ids = await store.transaction(scopeOf(site), (unit) => unit.referrals.ids());
    if (ids.length > 0) followed.add(site.iss);
    return ids.length > 0;
  };
}
