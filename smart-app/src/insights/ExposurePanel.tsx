/** How the orders of a specialty spread over its specialists. */
import { NativeSelect } from '@mantine/core';
import type { FairnessAnswer } from '@refloop/server/client/fairness';
import { useState } from 'react';
import { FairnessMeaning } from './FairnessMeaning.tsx';
import { countText, intervalText, segmentText, valueText } from './figures.ts';
import styles from './Insights.module.css';
import tables from './Tables.module.css';

type Exposure = FairnessAnswer['exposure'];
type Specialty = Exposure['specialties'][number];

const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function sharersText({ orders, equalSharers, specialists }: Specialty): string {
  if (equalSharers === null) return `${countText(orders)} orders: too few to say how they spread.`;
  const { value, low, high } = equalSharers;
  return (
    `${countText(orders)} orders went to ${countText(specialists.length)} specialists, as if ` +
    `${one.format(value)} (95 %: ${one.format(low)} to ${one.format(high)}) shared them equally.`
  );
}

export function ExposurePanel({ exposure: { about, specialties } }: { exposure: Exposure }) {
  const [chosen, setChosen] = useState(specialties[0]?.specialty);
  const looked = specialties.find(({ specialty }) => specialty === chosen) ?? specialties[0];
  return (
    <section className={`${styles['panel']} ${styles['wide']}`} aria-labelledby="exposure">
      <h2 id="exposure">Who is ordered</h2>
      {looked === undefined ? (
        <p>No order in the network is among these referrals.</p>
      ) : (
        <>
          <NativeSelect
            className={styles['choice']}
            label="Specialty"
            value={looked.specialty}
            data={specialties.map(({ specialty }) => ({ value: specialty, label: segmentText({ specialty }) }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <p className="num">{sharersText(looked)}</p>
          <SpecialistShares specialty={looked} />
        </>
      )}
      <FairnessMeaning about={about} />
    </section>
  );
}

const SpecialistShares = ({ specialty: { specialists, equalShare } }: { specialty: Specialty }) => (
  <table className={`${tables['plain']} num`}>
    <caption className="caption">With equal shares each would have {valueText(equalShare, 'share')}</caption>
    <thead>
      <tr>
        <th scope="col">Specialist</th>
        <th scope="col">Orders</th>
        <th scope="col" className={tables['whereWide']}>
          Stood first
        </th>
        <th scope="col">Share</th>
        <th scope="col">95 % interval</th>
      </tr>
    </thead>
    <tbody>
      {specialists.map(({ npi, name, orders, first, share }) => (
        <tr key={npi}>
          <th scope="row">{name ?? `NPI ${npi}`}</th>
          <td>{share === null ? 'fewer than 10' : countText(orders)}</td>
          <td className={tables['whereWide']}>{share === null ? '–' : countText(first)}</td>
          <td>{share === null ? 'too few' : valueText(share.value, 'share')}</td>
          <td>{share === null ? '–' : intervalText(share, 'share')}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
