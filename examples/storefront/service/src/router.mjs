import { Refusal } from './refusal.mjs';

/** Finds the route of a method and a path. Throws 400 for a path that cannot be decoded, 404 and 405 (with `allow`) as a `Refusal`. */
export const createRouter = (routes) => {
  const table = [...groupByPath(routes)].map(([path, group]) => ({
    path,
    matches: patternOf(path),
    byMethod: Object.fromEntries(group.map((route) => [route.method, route])),
  }));
  const exact = new Map(table.filter((entry) => !entry.path.includes(':')).map((entry) => [entry.path, entry]));
  const withParameters = table.filter((entry) => entry.path.includes(':'));

  const entryOf = (path) => {
    const entry = exact.get(path);
    if (entry !== undefined) return { entry, parameters: {} };
    for (const candidate of withParameters) {
      const found = candidate.matches.exec(path);
      if (found !== null) return { entry: candidate, parameters: { ...found.groups } };
    }
    throw new Refusal(404, 'There is nothing here.');
  };

  return (method, path) => {
    if (!knownMethods.has(method)) throw methodRefusal(knownMethods);
    const { entry, parameters } = entryOf(decode(path));
    const route = entry.byMethod[method === 'HEAD' ? 'GET' : method];
    if (route === undefined) throw methodRefusal(Object.keys(entry.byMethod));
    return { route, parameters };
  };
};

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

const methodRefusal = (allowed) => new Refusal(405, 'This method is not allowed here.', { allow: [...allowed].join(', ') });

const groupByPath = (routes) => {
  const groups = new Map();
  for (const route of routes) groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  return groups;
};

/** `/api/products/:id` to a pattern with the named group `id`, which never holds a slash. */
const patternOf = (path) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);

const decode = (path) => {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) throw new Refusal(400, 'The path is not well encoded.');
    throw error;
  }
};
