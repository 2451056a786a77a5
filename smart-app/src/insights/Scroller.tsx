/** A part of the page that scrolls sideways by itself where it is too wide, by keyboard too. */
import { Box } from '@mantine/core';
import type { ReactNode } from 'react';
import center from '../center/CenterPage.module.css';

export const Scroller = ({ label, children }: { label: string; children: ReactNode }) => (
  <Box component="section" className={center['scroll'] ?? ''} aria-label={label} tabIndex={0}>
    {children}
  </Box>
);
