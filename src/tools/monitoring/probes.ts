/**
 * Questions that may take longer than anybody wants to wait: at most one is open per key, and an answer that came late is given
 * to the next who asks.
 */
export const createProbes = <K, T>() => {
  const open = new Map<K, { late: { value: T } | null; done: Promise<void> }>();
  return {
    /** The answer, or null when it is not there before `enough` resolves. `question` must not reject. */
    ask: async (key: K, question: () => Promise<T>, enough?: Promise<void>): Promise<T | null> => {
      const probe = open.get(key) ?? begin(key, question);
      await Promise.race([probe.done, enough ?? probe.done]);
      if (probe.late === null) return null;
      open.delete(key);
      return probe.late.value;
    },
    settled: async (): Promise<void> => void (await Promise.all([...open.values()].map((probe) => probe.done))),
  };

  function begin(key: K, question: () => Promise<T>) {
    const probe: { late: { value: T } | null; done: Promise<void> } = { late: null, done: Promise.resolve() };
    probe.done = question().then((value) => void (probe.late = { value }));
    open.set(key, probe);
    return probe;
  }
};
