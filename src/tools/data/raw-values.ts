import { mask, type Cell } from './column-rules.js';

/**
 * The values that may not be found in a copy. A long one is looked for inside any text, a short one only as a whole: two letters stand
 * in every sentence. Upper and lower case are the same. Search is one pass per text (Aho and Corasick, 1975), however many values there are.
 */
export class RawValues {
  private readonly whole = new Set<string>();
  private root: Node | null = null;
  private readonly long: string[] = [];

  private add(value: string): void {
    const text = value.toLowerCase();
    if (this.whole.has(text)) return;
    this.whole.add(text);
    if (text.length >= insideFrom) this.long.push(text);
    this.root = null;
  }

  /** Adds what a rule hides. What a mask would leave as it is says nothing about anybody, and a small number stands everywhere. */
  hide(value: Cell): void {
    const text = textOf(value);
    const tooShort = typeof value !== 'string' && (text?.length ?? 0) < insideFrom;
    if (text !== null && mask(text) !== text && !tooShort) this.add(text);
  }

  get size(): number {
    return this.whole.size;
  }

  /** The first value that the text holds, or null. */
  find(text: string): string | null {
    const lower = text.toLowerCase();
    if (this.whole.has(lower)) return lower;
    this.root ??= build(this.long);
    let node = this.root;
    for (const unit of lower) {
      while (node !== this.root && !node.next.has(unit)) node = node.fallback ?? this.root;
      node = node.next.get(unit) ?? this.root;
      if (node.ends !== null) return node.ends;
    }
    return null;
  }
}

/** A cell as it may stand in other text. */
export const textOf = (cell: Cell): string | null => (cell === null ? null : Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell));

/** From this length on a value is looked for inside other text. */
const insideFrom = 6;

type Node = { next: Map<string, Node>; fallback: Node | null; ends: string | null };

const build = (values: readonly string[]): Node => {
  const root: Node = { next: new Map(), fallback: null, ends: null };
  for (const value of values) {
    let node = root;
    for (const unit of value) {
      const child = node.next.get(unit) ?? { next: new Map<string, Node>(), fallback: root, ends: null };
      node.next.set(unit, child);
      node = child;
    }
    node.ends = value;
  }
  const queue = [...root.next.values()];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const [unit, child] of node.next) {
      let fallback = node.fallback;
      while (fallback !== null && !fallback.next.has(unit)) fallback = fallback.fallback;
      child.fallback = fallback?.next.get(unit) ?? root;
      child.ends ??= child.fallback.ends;
      queue.push(child);
    }
  }
  return root;
};
