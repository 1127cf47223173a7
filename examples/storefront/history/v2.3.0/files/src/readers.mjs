import Database from 'better-sqlite3';

const size = 25;

/** Connections that only read, opened when first needed and lent one by one, so that a reader never waits for the shop's own writes. */
export const createReaders = (file, prepare) => {
  const idle = [];
  let opened = 0;
  const open = () => {
    if (opened === size) throw new Error(`No reader is free: all ${size} are lent.`);
    opened += 1;
    return prepare(new Database(file, { readonly: true, timeout: 5_000 }));
  };
  return { lend: () => idle.pop() ?? open(), takeBack: (reader) => idle.push(reader) };
};
