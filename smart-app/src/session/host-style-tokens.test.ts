import { contrast } from '@refloop/domain/configuration/contrast';
import { describe, expect, test } from 'vitest';
import { hostStyleTokens } from './host-style-tokens.ts';

describe('contrast (WCAG 2.1)', () => {
  test('black on white is 21, a colour on itself 1', () => {
    expect(contrast('#000000', '#fff')).toBeCloseTo(21, 5);
    expect(contrast('#0b6e69', '#0B6E69')).toBeCloseTo(1, 5);
  });
  test('#767676 on white is the well-known 4.54', () => {
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });
  test('says nothing of what is no hex colour', () => {
    expect(contrast('red', '#fff')).toBeUndefined();
  });
});

describe('the style of the EHR', () => {
  test('changes accent, background, font, size and radius', () => {
    expect(
      hostStyleTokens({
        color_background: '#f5f5f5',
        color_highlight: '#1f5f8b',
        dim_border_radius: '4px',
        dim_font_size: '1rem',
        font_family_body: 'Segoe UI, Arial',
      }),
    ).toEqual({
      '--bg': '#f5f5f5',
      '--accent': '#1f5f8b',
      '--radius': '4px',
      '--font-size': '16px',
      '--font': 'Segoe UI, Arial, "Inter Variable", system-ui, sans-serif',
    });
  });

  test.each([
    ['an accent too pale for text', { color_highlight: '#69b5ce' }],
    ['a dark ground under our dark text', { color_background: '#1b2733' }],
    ['what is no colour', { color_highlight: 'url(https://evil.example.org)' }],
    ['a font that is more than names', { font_family_body: 'x; background: url(https://evil.example.org)' }],
    ['a size that breaks the layout', { dim_font_size: '40px', dim_border_radius: '99px' }],
    ['values of another type', { color_highlight: 7, dim_border_radius: null, font_family_body: ['x'] }],
  ])('is not taken for %s', (_what, style) => {
    expect(hostStyleTokens(style)).toEqual({});
  });
});
