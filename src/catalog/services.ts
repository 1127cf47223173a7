import type { StagingConfig } from './config.js';

/** What is asked of a configuration to know its services. */
type Declared = Pick<StagingConfig, 'service' | 'services' | 'suites' | 'rollout'>;
type Problem = { path: (string | number)[]; message: string };

/** The variable in which a process finds the address of a service that it depends on. */
export const addressVariable = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}_URL`;

/** What the head of a companion's version or feature is called among those of the first service. */
export const headOf = (service: string, name: string): string => `${service}/${name}`;

/** Every service by name, each after those that it depends on; as declared where nothing decides, and the one the release is named after last. */
export const servicesInOrder = ({ service, services }: Pick<StagingConfig, 'service' | 'services'>): string[] => {
  const waiting = new Map([...services, service].map(({ name, dependsOn }) => [name, dependsOn]));
  const order: string[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, dependsOn]) => dependsOn.every((name) => !waiting.has(name)));
    if (next === undefined) return [...order, ...waiting.keys()]; // in a circle, which no configuration that was accepted has
    order.push(next[0]);
    waiting.delete(next[0]);
  }
  return order;
};

/** The configuration as one of its services sees it: its own paths, suites and checks, and nobody beside it. Of another name, the first's. */
export const configOf = (config: StagingConfig, name: string): StagingConfig => {
  const companion = config.services.find((one) => one.name === name);
  const suites = config.suites.filter((suite) => (suite.service ?? config.service.name) === (companion?.name ?? config.service.name));
  if (companion === undefined) return { ...config, suites, services: [] };
  const { criticalUserPaths, off, data, ...service } = companion;
  return {
    ...config,
    ...{ service, services: [], suites, criticalUserPaths, data },
    gates: { ...config.gates, off },
    load: { connections: config.load.connections, durationMs: config.load.durationMs },
    traffic: { staging: withoutPaths(config.traffic.staging), production: withoutPaths(config.traffic.production) },
  };
};

type Traffic = StagingConfig['traffic']['staging'];
const withoutPaths = (traffic: Traffic): Traffic =>
  traffic === null ? null : { ratePerSecond: traffic.ratePerSecond, connections: traffic.connections };

/** What speaks against a configuration of several services: each is refused when it is read, for nothing may be ignored in silence. */
export const serviceProblems = ({ service, services, suites, rollout }: Declared): Problem[] => {
  const names = [service, ...services].map(({ name }) => name);
  const rows = [{ path: ['service'], ...service }, ...services.map((one, index) => ({ path: ['services', index], ...one }))];
  return [
    ...services.flatMap(({ name }, index) =>
      names.indexOf(name) === index + 1 ? [] : [{ path: ['services', index, 'name'], message: `"${name}" stands there twice` }],
    ),
    ...rows.flatMap(({ path, name, dependsOn }) =>
      dependsOn
        .filter((other) => !names.includes(other) || other === name)
        .map((other) => ({ path: [...path, 'dependsOn'], message: `"${other}" is no other service of this configuration` })),
    ),
    ...circleIn(rows).map((circle) => ({ path: ['services'], message: `depend on each other in a circle: ${circle.join(', ')}` })),
    ...services.flatMap(({ data }, index) =>
      data.copy === undefined
        ? []
        : [{ path: ['services', index, 'data', 'copy'], message: 'is known for "service" alone: staging is filled with its data' }],
    ),
    ...suites.flatMap(({ service: of }, index) =>
      of === undefined || names.includes(of)
        ? []
        : [{ path: ['suites', index, 'service'], message: `"${of}" is no service of this configuration` }],
    ),
    ...suites.flatMap(({ name }, index) =>
      services.length === 0 || suites.findIndex((one) => one.name === name) === index
        ? []
        : [{ path: ['suites', index, 'name'], message: `"${name}" stands there twice, and its report could be of either service` }],
    ),
    ...(services.length > 0 && (rollout.route.match.length > 0 || rollout.route.sessionAffinity !== undefined)
      ? [{ path: ['rollout', 'route'], message: 'is known for one service alone: nobody hands the header or the cookie on to "services"' }]
      : []),
  ];
};

/** Those that wait for each other for ever, or none. */
const circleIn = (rows: readonly { name: string; dependsOn: readonly string[] }[]): string[][] => {
  const waiting = new Map(rows.map(({ name, dependsOn }) => [name, dependsOn]));
  for (;;) {
    const free = [...waiting].filter(([, dependsOn]) => dependsOn.every((name) => !waiting.has(name)));
    for (const [name] of free) waiting.delete(name);
    if (free.length === 0) return waiting.size === 0 ? [] : [[...waiting.keys()]];
  }
};
