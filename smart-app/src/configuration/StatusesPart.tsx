/** What staff call each status. Which there are, and what leads from one to the next, is the same everywhere. */
import { TextInput } from '@mantine/core';
import { productName } from '@refloop/domain/configuration/status-names';
import { STATUS_WORDS, type StatusWord } from '@refloop/domain/referral/status';
import versions from '../versions/Versions.module.css';
import styles from './Configuration.module.css';
import type { PartProps } from './part.ts';

export function StatusesPart({ content, changes, faultOf, onChange }: PartProps) {
  const nameOf = (status: StatusWord): string => content.statuses.find((each) => each.status === status)?.name ?? '';
  const put = (status: StatusWord, name: string) =>
    onChange({ ...content, statuses: [...content.statuses.filter((each) => each.status !== status), { status, name }] });
  return (
    <section className={versions['part']} aria-labelledby="statuses">
      <h2 id="statuses">Statuses</h2>
      <p className="caption">
        What staff call them on the worklist and in Insights. Which statuses there are, and what leads from one to the next, is the same
        everywhere; files keep Refloop’s words, so that they stay comparable.
      </p>
      <div className={styles['statuses']}>
        {STATUS_WORDS.map((status) => (
          <TextInput
            key={status}
            label={productName(status)}
            placeholder={productName(status)}
            value={nameOf(status)}
            readOnly={!changes}
            error={faultOf(`statuses.${status}`)}
            maxLength={60}
            onChange={(event) => put(status, event.currentTarget.value)}
          />
        ))}
      </div>
    </section>
  );
}
