/** A report as one HTML file: no script, nothing fetched, readable on paper. */
import type { ReportDocument, ReportTable } from './document.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (words: string): string => words.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
body{margin:32px auto;max-width:960px;padding:0 20px;font:14px/1.5 "Inter Variable",Inter,system-ui,sans-serif;color:#16202a;background:#fff}
h1{font-size:24px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 6px}p{margin:4px 0;max-width:80ch}
.sub{color:#4a5763}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:8px 0 12px;font-size:13px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:#4a5763;font-size:12px;padding:4px 0}th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid #dfe4e8;vertical-align:top}
thead th{font-weight:500;color:#4a5763}tbody th{font-weight:500}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}`;

const tableHtml = ({ caption, columns, rows }: ReportTable): string => `<div class="scroll" tabindex="0"><table>
<caption>${safe(caption)}</caption>
<thead><tr>${columns.map((column) => `<th scope="col">${safe(column)}</th>`).join('')}</tr></thead>
<tbody>${rows
  .map(([first = '', ...rest]) => `<tr><th scope="row">${safe(first)}</th>${rest.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`)
  .join('\n')}</tbody>
</table></div>`;

export function documentHtml({ title, lines, sections }: ReportDocument): string {
  const body = sections
    .map(
      ({ heading, paragraphs, tables }) => `<section>
<h2>${safe(heading)}</h2>
${paragraphs.map((words) => `<p>${safe(words)}</p>`).join('\n')}
${tables.map(tableHtml).join('\n')}
</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${safe(title)}</title><style>${STYLE}</style></head>
<body><main>
<h1>${safe(title)}</h1>
${lines.map((words) => `<p class="sub">${safe(words)}</p>`).join('\n')}
${body}
</main></body>
</html>
`;
}
