interface Level {
  /** Of an object the names so far, of an array none. */
  readonly names: Set<string> | undefined;
  /** What the value that comes next is called: the name, or the place. */
  at: string | number;
  nameNext: boolean;
}

/**
 * The pointer to the first member that an object has twice; `JSON.parse` keeps the last of them and says nothing, and
 * another reader may keep the first.
 * @param text valid JSON
 */
export function repeatedMember(text: string): string | undefined {
  const levels: Level[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const level = levels.at(-1);
    switch (text[i]) {
      case '{':
        levels.push({ names: new Set(), at: '', nameNext: true });
        break;
      case '[':
        levels.push({ names: undefined, at: 0, nameNext: false });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level?.names) level.nameNext = true;
        else if (level) level.at = Number(level.at) + 1;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (level?.names && level.nameNext) {
          level.nameNext = false;
          level.at = nameOf(text.slice(i, end + 1));
          if (level.names.has(level.at)) return pointerTo(levels);
          level.names.add(level.at);
        }
        i = end;
      }
    }
  }
  return undefined;
}

const nameOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);

/** Where the quote stands that closes the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slash = end;
    while (text[slash - 1] === '\\') slash -= 1;
    if ((end - slash) % 2 === 0) return end;
  }
}

const pointerTo = (levels: readonly Level[]): string =>
  levels.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
