/** All versions of what a site decides, with who made each, when and why; an earlier one can be looked at. */
import type { Made } from '@refloop/server/client/versions';
import { plainTime } from '../words/plain-date.ts';
import styles from './Versions.module.css';

/** @param place of the page, such as `service-levels` */
type Props = { place: string; versions: readonly Made[]; shown: number };

export function VersionList({ place, versions, shown }: Props) {
  return (
    <section className={styles['part']} aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ul className={styles['rows']}>
        {versions.map((made, at) => (
          <li key={made.version}>
            <span>
              <a href={at === 0 ? `#${place}` : `#${place}/${made.version}`} aria-current={made.version === shown ? 'page' : undefined}>
                Version {made.version}
              </a>{' '}
              {/* What Refloop comes with was made by nobody at any time. */}
              {made.version === 0 ? '' : `${plainTime(made.madeAt)}, ${made.madeBy}: `}
              {made.reason}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
