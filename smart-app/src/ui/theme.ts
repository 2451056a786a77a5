/** Mantine reads our tokens, so that light, dark and the EHR's own style have one place to change. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e6f3f2',
  '#cde6e4',
  '#9fcfcb',
  '#7fb5b1',
  '#4f9a95',
  '#2b837e',
  '#17766f',
  '#0b6e69',
  '#085a56',
  '#064744',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 7,
  colors: { teal },
  fontFamily: 'var(--font)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 'var(--radius)',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm', variant: 'filled' } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 140 } } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md', transitionProps: { duration: 0 } } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2 } },
  },
});

/** Mantine's default placeholder and dimmed text miss 4.5:1; ours do not. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--paper)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--red)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-default': 'var(--paper)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-color-teal-filled': 'var(--accent)',
    '--mantine-color-teal-filled-hover': 'color-mix(in srgb, var(--accent) 88%, black)',
    // White on Mantine's own red misses 4.5:1.
    '--mantine-color-red-filled': 'var(--red)',
    '--mantine-color-red-filled-hover': 'color-mix(in srgb, var(--red) 85%, black)',
  };
  return { variables: {}, light: shared, dark: shared };
};
