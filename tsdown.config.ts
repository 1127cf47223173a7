import { defineConfig } from 'tsdown';

/** What package.json exports, one entry each. Other people's programs import or require it, so it comes in both formats. */
const library = [
  'src/index.ts',
  'src/gates/public.ts',
  'src/replay/public.ts',
  'src/scenario/public.ts',
  'src/scenario/simulated-world.ts',
  'src/testing/public.ts',
  'src/tools/open-local-ports.ts',
];

/** Vitest has no CommonJS, and the command is run, not required. */
const esmOnly = ['src/scenario/vitest.ts', 'src/cli/output.ts', 'src/cli/commands/*.ts'];

const shared = { platform: 'node', target: 'node20', unbundle: true, clean: false } as const;

export default defineConfig([
  { ...shared, entry: [...library, ...esmOnly], format: 'esm', dts: true, clean: true, outExtensions: () => ({ js: '.js', dts: '.d.ts' }) },
  { ...shared, entry: library, format: 'cjs', dts: true, outExtensions: () => ({ js: '.cjs', dts: '.d.cts' }) },
  {
    ...shared,
    entry: ['src/cli/main.ts'],
    outDir: 'dist/cli',
    format: 'esm',
    unbundle: false,
    dts: false,
    // One file to load before a command is known: with commander inside, `--help` costs little more than Node itself.
    deps: { neverBundle: [/^\.\/(?:output|commands\/[\w-]+)\.js$/], onlyBundle: ['commander'] },
    banner: '/* Contains commander, MIT, Copyright (c) 2011 TJ Holowaychuk. */',
    outExtensions: () => ({ js: '.js' }),
  },
  /** What runs in a browser: one file with everything in it. */
  {
    entry: { page: 'src/page/browser.tsx' },
    outDir: 'dist/browser',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    clean: false,
    deps: { alwaysBundle: [/./], onlyBundle: false },
    minify: true,
    dts: false,
    outExtensions: () => ({ js: '.js' }),
    copy: [{ from: 'node_modules/uplot/dist/uPlot.min.css', to: 'dist/browser', rename: 'uplot.css' }],
  },
]);
