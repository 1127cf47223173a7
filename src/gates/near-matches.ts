/** The names most like a word that is none of them, nearest first: at most three, and none that has little in common with it. */
export const nearMatches = (word: string, names: readonly string[]): string[] =>
  names
    .map((name) => ({ name, distance: name.includes(word) && word !== '' ? 1 : editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);

/** "Did you mean a or b?", or the whole list where nothing is near. */
export const didYouMean = (word: string, names: readonly string[]): string => {
  const near = nearMatches(word, names);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`;
};

/** Letters to change, add or remove (Levenshtein 1966), one row at a time. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
};
