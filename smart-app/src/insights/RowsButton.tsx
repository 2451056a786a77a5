/** Opens the rows behind a number. */
import { Button } from '@mantine/core';

/** @param about what the rows are behind, for whoever hears the button alone: `Rows behind Referral completion, Cardiology` */
export const RowsButton = ({ about, onRows }: { about: string; onRows: () => void }) => (
  <Button size="compact-sm" variant="default" onClick={onRows} aria-label={about}>
    Rows
  </Button>
);
