/** The saved views with how many lines each holds: a rail, or one field where there is no room beside the list. */
import { NativeSelect } from '@mantine/core';
import { hashOf, type WorklistFilter } from './filter.ts';
import type { Listed } from './listed-rows.ts';
import { GROUPS, VIEWS, type ViewId, viewName } from './views.ts';
import styles from './Worklist.module.css';

/** `4,387`. */
const countText = (count: number): string => count.toLocaleString('en-US');

/** `counts`: undefined until all lines have come. */
type Props = { filter: WorklistFilter; counts: Record<ViewId, number> | undefined };
type RailProps = Props & { heldNotes: Listed['heldNotes'] };

/** Of these a number above nothing is bad news. */
const BAD: readonly ViewId[] = ['overdue', 'escalated'];

export const ViewRail = ({ filter, counts, heldNotes }: RailProps) => (
  <nav className={styles['rail']} aria-label="Views">
    {GROUPS.map((group) => (
      <section key={group} aria-label={group}>
        <h2>{group}</h2>
        <ul>
          {VIEWS.filter((view) => view.group === group).map(({ id, name }) => (
            <li key={id}>
              <a href={hashOf({ ...filter, view: id })} aria-current={id === filter.view ? 'page' : undefined}>
                <span>{name}</span>
                <span className={`num ${BAD.includes(id) && (counts?.[id] ?? 0) > 0 ? styles['bad'] : ''}`}>
                  {counts === undefined ? '…' : countText(counts[id])}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    ))}
    {heldNotes ? (
      <section aria-label="Beside the list">
        <h2>Beside the list</h2>
        <ul>
          <li>
            <a href="#held">
              <span>Held notes{heldNotes.isOverdue ? ', overdue' : ''}</span>
              <span className={`num ${heldNotes.isOverdue ? styles['bad'] : ''}`}>{countText(heldNotes.count)}</span>
            </a>
          </li>
        </ul>
      </section>
    ) : null}
  </nav>
);

export const ViewField = ({ filter, counts }: Props) => (
  <NativeSelect
    label="View"
    value={filter.view}
    onChange={(event) => {
      location.hash = hashOf({ ...filter, view: event.currentTarget.value as ViewId });
    }}
    data={GROUPS.map((group) => ({
      group,
      items: VIEWS.filter((view) => view.group === group).map(({ id }) => ({
        value: id,
        label: counts ? `${viewName(id)} (${countText(counts[id])})` : viewName(id),
      })),
    }))}
  />
);
