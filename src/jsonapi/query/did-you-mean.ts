const LONGEST = 60;

/** A name as it was sent, for a sentence: in quotes, and not longer than a sentence bears. */
export const quoted = (text: string): string =>
  `"${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}"`;

/** `Known: a, b.`, and the nearest of them when what was sent looks like a slip. */
export function known(names: readonly string[], sent: string): string {
  const nearest = didYouMean(sent, names);
  const list = `Known: ${names.join(', ') || 'none'}.`;
  return nearest === undefined ? list : `${list} Did you mean "${nearest}"?`;
}

/** The name that differs least from what was sent, if by no more than a third of its letters; of two the one that ends alike. */
export function didYouMean(sent: string, names: readonly string[]): string | undefined {
  if (sent.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(sent.length / 3)) + 1;
  for (const name of names) {
    const distance = distanceOf(sent.toLowerCase(), name.toLowerCase());
    const endsAlike = distance === least && nearest?.at(-1) !== sent.at(-1) && name.at(-1) === sent.at(-1);
    if (distance < least || endsAlike) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** How many letters have to be put in, taken out, changed or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const above = row as number[];
    row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before?.[j - 2] ?? 0) + 1 : Infinity;
      row[j] = Math.min(changed, swapped, (above[j] as number) + 1, (row[j - 1] as number) + 1);
    }
    before = above;
  }
  return (row as number[])[b.length] as number;
}
