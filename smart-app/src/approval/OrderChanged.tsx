/** Somebody changed the order meanwhile: the difference is shown, nothing is merged, and the clinician approves again. */
import { Button, Group } from '@mantine/core';
import { isOpenOrder } from '@refloop/domain/write-back/open-order';
import type { Desk } from '../refer/desk.ts';
import { backToChart } from '../session/back-to-chart.ts';
import { focusNow } from '../ui/focus-now.ts';
import type { ApprovalState } from './approval-state.ts';
import styles from './OrderChanged.module.css';
import { takeChangedOrder } from './order-changed.ts';

export function OrderChanged({ desk, approval }: { desk: Desk; approval: Extract<ApprovalState, { kind: 'order-changed' }> }) {
  const { status } = approval.order;
  if (!isOpenOrder(status)) return <OrderClosed desk={desk} status={typeof status === 'string' ? status : 'of no known status'} />;
  return (
    <section className={styles['page']} aria-labelledby="order-changed">
      <h1 id="order-changed">This order was changed in the chart</h1>
      <p role="alert">
        Not written. The order is no longer the one you reviewed
        {approval.order.meta?.versionId ? ` (now version ${approval.order.meta.versionId})` : ''}. Review the change, then approve again.
      </p>
      {approval.changes.length === 0 ? (
        <p>Nothing that can be read differs; only the version is newer.</p>
      ) : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">When you reviewed it</th>
              <th scope="col">In the chart now</th>
            </tr>
          </thead>
          <tbody>
            {approval.changes.map((change) => (
              <tr key={change.element}>
                <th scope="row">{change.label}</th>
                <td>
                  <del>{change.before}</del>
                </td>
                <td>
                  <ins>{change.after}</ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Group>
        <Button ref={focusNow} onClick={() => void takeChangedOrder(desk)}>
          Continue with the changed order
        </Button>
      </Group>
    </section>
  );
}

/** Somebody revoked or completed the order meanwhile: there is nothing left to refer from. */
function OrderClosed({ desk, status }: { desk: Desk; status: string }) {
  return (
    <section className={styles['page']} aria-labelledby="order-closed">
      <h1 id="order-closed">This order is {status} in the chart</h1>
      <p role="alert">
        While you worked on the referral the order became {status}, so it can no longer be referred from. Your referral was not written to
        it.
      </p>
      <p>If the referral is still needed, start it from another order, or open Refloop in the chart without one.</p>
      <Group>
        <Button ref={focusNow} onClick={() => backToChart(desk.context.iss)}>
          Back to chart
        </Button>
      </Group>
    </section>
  );
}
