/** A drawn chart in the product's own look. What it shows is in the table beside it too; the drawing itself is one image to a screen reader. */
import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import styles from './Insights.module.css';

export type Palette = { ink: string; ink2: string; line: string; accent: string; mark: string; paper: string; font: string };

/** The tokens as they are now: a host's style and dark mode change them. */
function paletteOf(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: token('--ink'),
    ink2: token('--ink-2'),
    line: token('--line'),
    accent: token('--accent'),
    mark: token('--mark'),
    paper: token('--paper'),
    font: style.fontFamily,
  };
}

type Props = {
  /** What it shows, in a sentence. */
  label: string;
  /** In px; of the width, where the drawing is laid out by it. */
  height: number | ((width: number) => number);
  options: (palette: Palette, width: number) => EChartsCoreOption;
  /** A mark was pressed: its place in the data. */
  onPick?: (index: number) => void;
};

export function Chart({ label, height, options, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const optionsNow = useEffectEvent(options);
  const heightNow = useEffectEvent((width: number): number => (typeof height === 'number' ? height : height(width)));
  const picked = useEffectEvent((index: number) => onPick?.(index));
  const drawn = useRef<{ redraw: () => void }>(undefined);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let ended = false;
    let end = (): void => undefined;
    import('./echarts.ts').then(
      ({ init }) => {
        if (ended) return;
        const chart = init(element, undefined, { height: heightNow(element.clientWidth) });
        const redraw = () => {
          const now = heightNow(element.clientWidth);
          element.style.height = `${now}px`;
          chart.resize({ height: now });
          chart.setOption(optionsNow(paletteOf(element), element.clientWidth), { notMerge: true });
        };
        redraw();
        chart.on('click', (event) => picked(event.dataIndex));
        const watch = new ResizeObserver(redraw);
        watch.observe(element);
        const scheme = new MutationObserver(redraw);
        scheme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme', 'style'] });
        drawn.current = { redraw };
        end = () => {
          watch.disconnect();
          scheme.disconnect();
          chart.dispose();
        };
      },
      () => setFailed(true),
    );
    return () => {
      ended = true;
      end();
    };
  }, []);
  useEffect(() => drawn.current?.redraw());
  if (failed) return <p className="caption">The chart could not be loaded. The table has all of it.</p>;
  return (
    <figure aria-label={label} className={styles['chart']}>
      <div ref={place} aria-hidden="true" style={typeof height === 'number' ? { height } : undefined} />
    </figure>
  );
}
