const [WIDTH, ROW, LEFT, RIGHT, TOP] = [760, 30, 300, 70, 44];

const escape = (text) => text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The ratios as bars; a line marks the limit, a small one each target. */
export function chartOf(cases) {
  const height = TOP + cases.length * ROW + 16;
  const most = Math.max(1, ...cases.map(({ ratio }) => ratio));
  const x = (ratio) => LEFT + (ratio / most) * (WIDTH - LEFT - RIGHT);
  const rows = cases.map(({ title, ratio, target }, i) => {
    const y = TOP + i * ROW;
    const mark =
      target === undefined
        ? ''
        : `<line x1="${x(target)}" x2="${x(target)}" y1="${y}" y2="${y + 20}" stroke="#b45309" stroke-width="2"/>`;
    return `<text x="${LEFT - 10}" y="${y + 15}" text-anchor="end">${escape(title)}</text>
<rect x="${LEFT}" y="${y}" width="${x(ratio) - LEFT}" height="20" rx="2" fill="#0f766e"/>${mark}
<text x="${x(ratio) + 6}" y="${y + 15}">${ratio.toFixed(2)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#374151">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${LEFT}" y="20" font-weight="600">Requests per second, as a share of the hand-written limit</text>
<line x1="${x(1)}" x2="${x(1)}" y1="30" y2="${height - 10}" stroke="#9ca3af" stroke-dasharray="4 3"/>
${rows.join('\n')}
</svg>
`;
}
