/** What a map needs beyond the other charts, with the outlines of the states; loaded only when a map is shown. */
import { GeoComponent } from 'echarts/components';
import { registerMap, use } from 'echarts/core';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import states from 'us-atlas/states-10m.json';

use([GeoComponent]);

export const STATES = 'states';

const outlines = states as unknown as Topology<{ states: GeometryCollection<{ name: string }> }>;
registerMap(STATES, JSON.stringify(feature(outlines, outlines.objects.states)));
